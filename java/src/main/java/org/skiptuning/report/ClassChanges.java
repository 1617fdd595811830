package org.skiptuning.report;

import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/** The classes of a report, sorted by what they gained. */
public final class ClassChanges {
    private static final int NAMED = 12;
    private static final int SKYLINE_HEIGHT = 120;

    private final List<ClassChange> sorted;

    public ClassChanges(List<ClassChange> classes) {
        sorted = classes.stream()
                .sorted(Comparator.comparingDouble(ClassChange::change)
                        .reversed()
                        .thenComparing(ClassChange::name))
                .toList();
    }

    public List<ClassChange> all() {
        return sorted;
    }

    public ClassChanges half(String name) {
        return new ClassChanges(
                sorted.stream().filter(one -> one.half().equals(name)).toList());
    }

    /** The largest gains, largest first. */
    public List<ClassChange> gains() {
        return sorted.stream().filter(one -> one.change() > 0).limit(NAMED).toList();
    }

    /** The largest losses, largest first. */
    public List<ClassChange> losses() {
        return sorted.reversed().stream()
                .filter(one -> one.change() < 0)
                .limit(NAMED)
                .toList();
    }

    public long gained() {
        return sorted.stream().filter(one -> one.change() > 0).count();
    }

    public long lost() {
        return sorted.stream().filter(one -> one.change() < 0).count();
    }

    public long same() {
        return sorted.size() - gained() - lost();
    }

    /** The largest change, either way, in points. */
    public double largest() {
        return sorted.stream().mapToDouble(one -> Math.abs(one.change())).max().orElse(0);
    }

    /**
     * One bar a class, side by side: gains above the line, losses below.
     *
     * @param scale points that the full height stands for
     */
    public String skyline(double scale) {
        var svg = new StringBuilder(String.format(
                Locale.ROOT,
                "<svg viewBox=\"0 0 %d %d\" preserveAspectRatio=\"none\" class=\"skyline\" role=\"img\" aria-label=\"%d classes gained, %d stayed, %d lost\">",
                Math.max(1, sorted.size()) * 4,
                SKYLINE_HEIGHT,
                gained(),
                same(),
                lost()));
        double middle = SKYLINE_HEIGHT / 2.0;
        for (int i = 0; i < sorted.size(); i++) {
            ClassChange one = sorted.get(i);
            double height = Math.max(0.75, Math.abs(one.change()) / Math.max(1, scale) * (middle - 1));
            String style = one.change() > 0 ? "gain" : one.change() < 0 ? "loss" : "same";
            double top = one.change() > 0 ? middle - height : one.change() < 0 ? middle : middle - height / 2;
            svg.append(String.format(
                    Locale.ROOT,
                    "<rect class=\"%s\" x=\"%.1f\" y=\"%.2f\" width=\"3\" height=\"%.2f\"><title>%s: %s points</title></rect>",
                    style,
                    i * 4 + 0.5,
                    top,
                    height,
                    escape(one.name()),
                    Figures.signedWhole(one.change())));
        }
        return svg.append("</svg>").toString();
    }

    private static String escape(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
    }
}
