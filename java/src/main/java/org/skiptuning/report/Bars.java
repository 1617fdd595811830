package org.skiptuning.report;

import java.util.List;
import java.util.function.ToDoubleFunction;

/** Base, new and H as groups of horizontal bars on one scale that begins at zero. */
public final class Bars {
    /** Leaves room for the label to the right of the longest bar. */
    private static final double LONGEST_SHARE = 0.72;

    private Bars() {}

    /** One of the three measures. */
    public record Group(String name, String note, List<Bar> bars) {}

    /**
     * A bar.
     *
     * @param width in CSS percent
     */
    public record Bar(String key, String method, String value, String width) {}

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

    private static Group group(String name, String note, List<MethodRow> methods, double top, ToDoubleFunction<MethodRow> value) {
        return new Group(
                name,
                note,
                methods.stream()
                        .map(method -> new Bar(
                                method.key(),
                                method.name(),
                                Figures.percent(value.applyAsDouble(method)),
                                Figures.share(value.applyAsDouble(method), top / LONGEST_SHARE)))
                        .toList());
    }
}
