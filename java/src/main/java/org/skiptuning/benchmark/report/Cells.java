package org.skiptuning.benchmark.report;

import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import org.skiptuning.benchmark.Figure;
import org.skiptuning.report.Figures;

/** Figures as a table's cells; a dash where there is none. */
final class Cells {
    static final String NONE = "–";

    private Cells() {}

    /** As in "4 shots". */
    static String shots(int count) {
        return count + (count == 1 ? " shot" : " shots");
    }

    static String percent(double value) {
        return String.format(Locale.ROOT, "%.2f", value);
    }

    static String percent(OptionalDouble value) {
        return value.isPresent() ? percent(value.getAsDouble()) : NONE;
    }

    static String figure(Optional<Figure> figure) {
        return figure.map(found -> percent(found.mean())
                        + (found.deviation().isPresent()
                                ? " ± " + percent(found.deviation().getAsDouble())
                                : ""))
                .orElse(NONE);
    }

    /** With its sign. */
    static String difference(double value) {
        return String.format(Locale.ROOT, "%+.2f", value);
    }

    static String decimal(OptionalDouble value) {
        return value.isPresent() ? String.format(Locale.ROOT, "%,.1f", value.getAsDouble()) : NONE;
    }

    static String bytes(OptionalLong value) {
        return value.isPresent() ? Figures.bytes(value.getAsLong()) : NONE;
    }

    static String count(OptionalLong value) {
        return value.isPresent() ? String.format(Locale.ROOT, "%,d", value.getAsLong()) : NONE;
    }
}
