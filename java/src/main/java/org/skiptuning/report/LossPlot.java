package org.skiptuning.report;

import java.util.Locale;

/** A loss curve as inline SVG: each step faint, their running mean bold. */
final class LossPlot {
    private static final int WIDTH = 360;
    private static final int HEIGHT = 210;
    private static final int LEFT = 34;
    private static final int RIGHT = 10;
    private static final int TOP = 12;
    private static final int BOTTOM = 28;
    private static final int MOST_POINTS = 360;

    private final String key;
    private final String name;
    private final float[] losses;

    LossPlot(String key, String name, float[] losses) {
        this.key = key;
        this.name = name;
        this.losses = losses;
    }

    String svg() {
        double[] means = thinned(runningMean());
        double[] raw = thinned(asDoubles());
        double top = Figures.roundAbove(quantile(raw, 0.995));
        var svg = new StringBuilder();
        svg.append(String.format(
                Locale.ROOT,
                "<svg viewBox=\"0 0 %d %d\" role=\"img\" class=\"plot %s\" aria-label=\"Loss of %s over %d steps, from %.2f to %.2f\">",
                WIDTH,
                HEIGHT,
                key,
                escape(name),
                losses.length,
                first(means),
                last(means)));
        int rules = rules(top);
        for (int i = 0; i <= rules; i++) {
            double value = top * i / rules;
            double y = y(value, top);
            svg.append(line("rule", LEFT, y, WIDTH - RIGHT, y))
                    .append(text(LEFT - 6, y + 3.5, "end", axisNumber(value, top)));
        }
        for (int i = 0; i <= 2; i++) {
            String anchor = i == 0 ? "start" : i == 1 ? "middle" : "end";
            long step = Math.round(losses.length * i / 2.0);
            svg.append(text(
                    LEFT + plotWidth() * i / 2.0,
                    HEIGHT - 9,
                    anchor,
                    String.format(Locale.ROOT, "%,d", step) + (i == 2 ? " steps" : "")));
        }
        svg.append(path("raw", raw, top)).append(path("mean", means, top));
        if (means.length > 0) {
            svg.append(String.format(
                    Locale.ROOT,
                    "<circle class=\"end\" cx=\"%.1f\" cy=\"%.1f\" r=\"3.5\"/>",
                    x(means.length - 1, means.length),
                    y(last(means), top)));
        }
        return svg.append("</svg>").toString();
    }

    /** As many lines as divide the axis into round numbers. */
    private static int rules(double top) {
        long lead = Math.round(top / Math.pow(10, Math.floor(Math.log10(top) + 1e-9)));
        return lead == 5 ? 5 : lead == 3 || lead == 6 ? 3 : 4;
    }

    /** Exponential running mean over about a twentieth of the run, without the bias of its start. */
    private double[] runningMean() {
        double keep = 1 - 1.0 / Math.max(2, losses.length / 20.0);
        var means = new double[losses.length];
        double sum = 0;
        double weight = 0;
        for (int i = 0; i < losses.length; i++) {
            sum = keep * sum + (1 - keep) * losses[i];
            weight = keep * weight + (1 - keep);
            means[i] = sum / weight;
        }
        return means;
    }

    private double[] asDoubles() {
        var values = new double[losses.length];
        for (int i = 0; i < losses.length; i++) {
            values[i] = losses[i];
        }
        return values;
    }

    private static double[] thinned(double[] values) {
        if (values.length <= MOST_POINTS) {
            return values;
        }
        var few = new double[MOST_POINTS];
        for (int i = 0; i < MOST_POINTS; i++) {
            few[i] = values[(int) ((long) i * (values.length - 1) / (MOST_POINTS - 1))];
        }
        return few;
    }

    private static double quantile(double[] values, double share) {
        if (values.length == 0) {
            return 1;
        }
        double[] sorted = values.clone();
        java.util.Arrays.sort(sorted);
        return sorted[(int) Math.floor(share * (sorted.length - 1))];
    }

    private static double first(double[] values) {
        return values.length == 0 ? 0 : values[0];
    }

    private static double last(double[] values) {
        return values.length == 0 ? 0 : values[values.length - 1];
    }

    private static String path(String style, double[] values, double top) {
        var data = new StringBuilder();
        for (int i = 0; i < values.length; i++) {
            data.append(String.format(
                    Locale.ROOT, "%s%.1f %.1f", i == 0 ? "M" : "L", x(i, values.length), y(values[i], top)));
        }
        return "<path class=\"" + style + "\" d=\"" + data + "\"/>";
    }

    private static String line(String style, double x1, double y1, double x2, double y2) {
        return String.format(
                Locale.ROOT,
                "<line class=\"%s\" x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\"/>",
                style,
                x1,
                y1,
                x2,
                y2);
    }

    private static String text(double x, double y, String anchor, String value) {
        return String.format(
                Locale.ROOT, "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\">%s</text>", x, y, anchor, value);
    }

    private static String axisNumber(double value, double top) {
        return String.format(Locale.ROOT, top >= 10 ? "%.0f" : top >= 1 ? "%.1f" : "%.2f", value);
    }

    private static double plotWidth() {
        return WIDTH - LEFT - RIGHT;
    }

    private static double x(int index, int count) {
        return LEFT + (count < 2 ? 0 : plotWidth() * index / (count - 1.0));
    }

    private static double y(double value, double top) {
        return TOP + (HEIGHT - TOP - BOTTOM) * (1 - Math.clamp(value / top, 0, 1));
    }

    private static String escape(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace("\"", "&quot;");
    }
}
