package org.skiptuning.report;

import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/** Base, new and H as groups of horizontal bars on one scale that begins at zero. */
public final class Bars {
    private Bars() {}

    /** One of the three measures. */
    public record Group(String name, String note, List<Bar> bars) {}

    /**
     * A bar.
     *
     * @param share of the longest bar, from 0 to 1
     */
    public record Bar(String key, String method, String value, String share) {}

    public static List<Group> of(List<MethodRow> methods) {
        double top = methods.stream()
                .mapToDouble(method -> Math.max(method.base(), Math.max(method.unseen(), method.harmonic())))
                .max()
                .orElse(1);
        return List.of(
                group("Base", "trained on", methods, top, MethodRow::base),
                group("New", "never trained on", methods, top, MethodRow::unseen),
                group("H", "harmonic mean", methods, top, MethodRow::harmonic));
    }

    private static Group group(
            String name, String note, List<MethodRow> methods, double top, ToDoubleFunction<MethodRow> value) {
        return new Group(
                name,
                note,
                methods.stream()
                        .map(method -> new Bar(
                                method.key(),
                                method.name(),
                                Figures.percent(value.applyAsDouble(method)),
                                String.format(Locale.ROOT, "%.4f", top <= 0 ? 0 : value.applyAsDouble(method) / top)))
                        .toList());
    }
}
