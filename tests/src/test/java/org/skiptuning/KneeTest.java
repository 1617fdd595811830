package org.skiptuning;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class KneeTest {
    /** Nine flat blocks and three that rise: nine may be skipped. */
    @Test
    void isWhereTheRiseBegins() {
        var curve = IntStream.range(0, 12)
                .mapToObj(block -> block < 9 ? 0.01 * block : 0.08 + 2.0 * (block - 8))
                .toList();
        assertThat(Knee.of(curve)).hasValue(9);
    }

    /** On x^3 the chord is furthest above where the slope is the chord's: at 1 / sqrt(3) of the way. */
    @Test
    void isTheFurthestPointBelowTheChord() {
        var curve = IntStream.rangeClosed(0, 100)
                .mapToObj(place -> Math.pow(place / 100.0, 3))
                .toList();
        assertThat(Knee.of(curve)).hasValue(58 + 1);
    }

    @Test
    void aCurveWithoutOneHasNone() {
        assertThat(Knee.of(List.of(1.0, 2.0, 3.0, 4.0))).isEmpty();
        assertThat(Knee.of(List.of(4.0, 3.0, 2.0, 1.0))).isEmpty();
        assertThat(Knee.of(List.of(1.0, 1.0, 1.0))).isEmpty();
        assertThat(Knee.of(List.of(1.0))).isEmpty();
        // A line that wanders a little.
        assertThat(Knee.of(List.of(0.0, 0.9, 2.1, 3.0, 3.9, 5.0))).isEmpty();
        // Rises at once and stays.
        assertThat(Knee.of(List.of(0.0, 3.0, 3.5, 3.8, 4.0))).isEmpty();
    }
}
