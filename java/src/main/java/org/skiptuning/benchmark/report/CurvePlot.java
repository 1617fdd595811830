package org.skiptuning.benchmark.report;

import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.geom.Point2D;
import java.awt.geom.Rectangle2D;
import java.util.List;
import java.util.Map;

/** Curves over whole numbers, each named beside its end, as a PNG. */
final class CurvePlot {
    private static final int WIDTH = 900;
    private static final int HEIGHT = 520;
    private static final Rectangle2D FRAME = new Rectangle2D.Double(76, 56, 650, 390);
    private static final int LINE_OF_NAMES = 17;
    private static final double HEADROOM = 1.06;
    private static final int MOST_MARKS = 40;
    private static final double MARK = 7;

    /** Smaller shares of the largest are off a logarithmic axis. */
    private static final double SMALLEST = 1e-5;

    /** How the axis of the values goes. */
    enum Scale {
        /** From 0. */
        LINEAR,
        LOGARITHMIC
    }

    private static final List<Color> COLOURS = List.of(PlotColours.OURS, PlotColours.SECOND, PlotColours.OTHERS);
    private static final Font PLAIN = new Font(Font.SANS_SERIF, Font.PLAIN, 13);

    private final Map<String, ? extends Map<Integer, Double>> curves;
    private final int first;
    private final int last;
    private final double least;
    private final double most;
    private final Scale scale;

    private CurvePlot(Map<String, ? extends Map<Integer, Double>> curves, Scale scale) {
        this.curves = curves;
        this.scale = scale;
        var places = curves.values().stream()
                .flatMap(curve -> curve.keySet().stream())
                .mapToInt(Integer::intValue)
                .summaryStatistics();
        this.first = places.getMin();
        this.last = places.getMax();
        var values = curves.values().stream()
                .flatMap(curve -> curve.values().stream())
                .mapToDouble(Double::doubleValue)
                .filter(value -> value > 0)
                .summaryStatistics();
        var largest = Math.max(Double.MIN_NORMAL / SMALLEST, values.getMax());
        this.least = scale == Scale.LINEAR
                ? 0
                : Math.max(SMALLEST * largest, Math.min(values.getMin(), largest / 2)) / HEADROOM;
        this.most = HEADROOM * largest;
    }

    /** @return a PNG file */
    static byte[] png(
            Map<String, ? extends Map<Integer, Double>> curves, Scale scale, String title, String across, String up) {
        var plot = new CurvePlot(curves, scale);
        return Canvas.png(WIDTH, HEIGHT, graphics -> plot.draw(graphics, title, across, up));
    }

    private void draw(Graphics2D graphics, String title, String across, String up) {
        graphics.setColor(PlotColours.INK);
        graphics.setFont(PLAIN.deriveFont(Font.BOLD, 15f));
        Canvas.centred(graphics, title, FRAME.getCenterX(), 28);
        graphics.setFont(PLAIN);
        Canvas.centred(graphics, across, FRAME.getCenterX(), FRAME.getMaxY() + 46);
        graphics.drawString(up, (float) FRAME.getX() - 40, (float) FRAME.getY() - 12);
        for (var tick : scale == Scale.LINEAR ? AxisTicks.linear(0, most) : AxisTicks.logarithmic(least, most)) {
            Canvas.rule(graphics, FRAME.getX(), y(tick.place()), FRAME.getMaxX(), y(tick.place()));
            var width = graphics.getFontMetrics().stringWidth(tick.label());
            graphics.drawString(tick.label(), (float) (FRAME.getX() - 8 - width), (float) y(tick.place()) + 5);
        }
        for (var tick : AxisTicks.linear(first, Math.max(first + 1, last))) {
            if (tick.place() == Math.rint(tick.place())) {
                Canvas.rule(graphics, x(tick.place()), FRAME.getY(), x(tick.place()), FRAME.getMaxY());
                Canvas.centred(graphics, tick.label(), x(tick.place()), FRAME.getMaxY() + 20);
            }
        }
        var number = 0;
        for (var curve : curves.entrySet()) {
            var points = curve.getValue().entrySet().stream()
                    .filter(point -> point.getValue() >= least)
                    .<Point2D>map(point -> new Point2D.Double(x(point.getKey()), y(point.getValue())))
                    .toList();
            var mark = points.size() <= MOST_MARKS ? MARK : 0;
            Canvas.curve(graphics, points, COLOURS.get(number % COLOURS.size()), 2.2f, mark);
            graphics.drawString(
                    curve.getKey(), (float) FRAME.getMaxX() + 16, (float) FRAME.getY() + 12 + number * LINE_OF_NAMES);
            number++;
        }
    }

    private double x(double place) {
        return FRAME.getX() + 12 + (place - first) / Math.max(1, last - first) * (FRAME.getWidth() - 24);
    }

    private double y(double value) {
        var share = scale == Scale.LINEAR ? value / most : Math.log(value / least) / Math.log(most / least);
        return FRAME.getMaxY() - share * FRAME.getHeight();
    }
}
