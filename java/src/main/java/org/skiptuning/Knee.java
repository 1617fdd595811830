package org.skiptuning;

import java.util.List;
import java.util.OptionalInt;

/**
 * Where a rising curve bends upwards most: the point that lies furthest below the chord from its first to its last, both
 * axes brought to 0..1 (Satopää et al., "Finding a Kneedle in a Haystack", 2011).
 */
final class Knee {
    private Knee() {}

    /** How far below the chord a point has to lie, for the curve to bend rather than to wander. */
    private static final double LEAST_DEPTH = 0.1;

    /** How many points lie before the rise, itself among them; empty of a line, nearly straight, or a curve that falls. */
    static OptionalInt of(List<Double> curve) {
        var last = curve.size() - 1;
        if (last < 2) {
            return OptionalInt.empty();
        }
        var range = curve.get(last) - curve.getFirst();
        if (!(range > 0)) {
            return OptionalInt.empty();
        }
        var knee = OptionalInt.empty();
        var furthest = LEAST_DEPTH;
        for (var place = 1; place < last; place++) {
            var height = (curve.get(place) - curve.getFirst()) / range;
            var below = (double) place / last - height;
            if (below > furthest) {
                furthest = below;
                knee = OptionalInt.of(place + 1);
            }
        }
        return knee;
    }
}
