package org.skiptuning.benchmark.report;

import java.awt.BasicStroke;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.geom.Line2D;
import java.awt.geom.Point2D;
import java.awt.geom.Rectangle2D;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.stream.DoubleStream;

/** Methods as curves over numbers of shots, each named at its end, as a PNG. */
final class LinePlot {
    private static final int WIDTH = 900;
    private static final int HEIGHT = 560;
    private static final Rectangle2D FRAME = new Rectangle2D.Double(64, 56, 640, 430);
    private static final double MARGIN = 0.06;
    private static final double MARK = 7;
    private static final int LINE_OF_NAMES = 17;

    private static final Font PLAIN = new Font(Font.SANS_SERIF, Font.PLAIN, 13);
    private static final BasicStroke DASHED =
            new BasicStroke(1, BasicStroke.CAP_BUTT, BasicStroke.JOIN_MITER, 10, new float[] {5, 4}, 0);
    private static final Font BOLD = PLAIN.deriveFont(Font.BOLD);

    private final Map<String, ? extends Map<Integer, Double>> curves;
    private final String ours;
    private final OptionalDouble zeroShot;
    private final List<Integer> shots;
    private final double least;
    private final double most;

    private LinePlot(Map<String, ? extends Map<Integer, Double>> curves, String ours, OptionalDouble zeroShot) {
        this.curves = curves;
        this.ours = ours;
        this.zeroShot = zeroShot;
        this.shots = curves.values().stream()
                .flatMap(curve -> curve.keySet().stream())
                .distinct()
                .sorted()
                .toList();
        var values = DoubleStream.concat(
                        zeroShot.stream(),
                        curves.values().stream()
                                .flatMap(curve -> curve.values().stream())
                                .mapToDouble(Double::doubleValue))
                .summaryStatistics();
        var margin = Math.max(0.2, MARGIN * (values.getMax() - values.getMin()));
        this.least = values.getMin() - margin;
        this.most = values.getMax() + margin;
    }

    /**
     * @param curves accuracy by shots, by name
     * @param ours the one that stands out
     * @param zeroShot of the untouched model
     * @return a PNG file
     */
    static byte[] png(
            Map<String, ? extends Map<Integer, Double>> curves,
            String ours,
            OptionalDouble zeroShot,
            String title,
            String axis) {
        var plot = new LinePlot(curves, ours, zeroShot);
        return Canvas.png(WIDTH, HEIGHT, graphics -> plot.draw(graphics, title, axis));
    }

    private void draw(Graphics2D graphics, String title, String axis) {
        graphics.setFont(BOLD.deriveFont(15f));
        graphics.setColor(PlotColours.INK);
        Canvas.centred(graphics, title, FRAME.getCenterX(), 28);
        graphics.setFont(PLAIN);
        Canvas.centred(graphics, axis, FRAME.getCenterX(), FRAME.getMaxY() + 44);
        graphics.drawString("%", (float) FRAME.getX() - 30, (float) FRAME.getY() - 12);
        if (shots.isEmpty()) {
            return;
        }
        rules(graphics);
        zeroShot.ifPresent(accuracy -> untouched(graphics, y(accuracy)));
        for (var entry : curves.entrySet()) {
            if (!entry.getKey().equals(ours)) {
                Canvas.curve(graphics, points(entry.getValue()), PlotColours.OTHERS, 1.6f, MARK);
            }
        }
        if (curves.containsKey(ours)) {
            Canvas.curve(graphics, points(curves.get(ours)), PlotColours.OURS, 3f, MARK);
        }
        names(graphics);
    }

    private void rules(Graphics2D graphics) {
        for (var tick : AxisTicks.linear(least, most)) {
            var y = y(tick.place());
            Canvas.rule(graphics, FRAME.getX(), y, FRAME.getMaxX(), y);
            var width = graphics.getFontMetrics().stringWidth(tick.label());
            graphics.drawString(tick.label(), (float) (FRAME.getX() - 8 - width), (float) y + 5);
        }
        for (var count : shots) {
            Canvas.rule(graphics, x(count), FRAME.getY(), x(count), FRAME.getMaxY());
            Canvas.centred(graphics, Integer.toString(count), x(count), FRAME.getMaxY() + 20);
        }
    }

    private static void untouched(Graphics2D graphics, double y) {
        graphics.setColor(PlotColours.OTHERS);
        graphics.setStroke(DASHED);
        graphics.draw(new Line2D.Double(FRAME.getX(), y, FRAME.getMaxX(), y));
        graphics.setFont(PLAIN.deriveFont(Font.ITALIC));
        graphics.drawString("zero-shot", (float) FRAME.getX() + 24, (float) y - 5);
        graphics.setFont(PLAIN);
    }

    private List<Point2D> points(Map<Integer, Double> curve) {
        return curve.entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .<Point2D>map(entry -> new Point2D.Double(x(entry.getKey()), y(entry.getValue())))
                .toList();
    }

    /** To the right of the curves' ends, pushed apart where they are close. */
    private void names(Graphics2D graphics) {
        var ends = curves.entrySet().stream()
                .filter(entry -> !entry.getValue().isEmpty())
                .map(entry -> Map.entry(entry.getKey(), points(entry.getValue()).getLast()))
                .sorted(Map.Entry.comparingByValue(java.util.Comparator.comparingDouble(Point2D::getY)))
                .toList();
        var heights = new ArrayList<Double>();
        var next = FRAME.getY() - LINE_OF_NAMES;
        for (var end : ends) {
            next = Math.max(end.getValue().getY(), next + LINE_OF_NAMES);
            heights.add(next);
        }
        // Those that were pushed out below push back.
        var limit = FRAME.getMaxY() + LINE_OF_NAMES;
        for (var index = heights.size() - 1; index >= 0; index--) {
            limit = Math.min(heights.get(index), limit - LINE_OF_NAMES);
            heights.set(index, limit);
        }
        for (var index = 0; index < ends.size(); index++) {
            var name = ends.get(index).getKey();
            var end = ends.get(index).getValue();
            var x = FRAME.getMaxX() + 22;
            graphics.setStroke(new BasicStroke(1));
            graphics.setColor(PlotColours.RULE.darker());
            graphics.draw(new Line2D.Double(end.getX() + MARK / 2 + 2, end.getY(), x - 4, heights.get(index)));
            graphics.setFont(name.equals(ours) ? BOLD : PLAIN);
            graphics.setColor(name.equals(ours) ? PlotColours.OURS : PlotColours.INK);
            graphics.drawString(name, (float) x, (float) (heights.get(index) + 5));
        }
    }

    /** Doubling shots is a step to the right. */
    private double x(int count) {
        var first = Math.log(shots.getFirst());
        var range = Math.log(shots.getLast()) - first;
        var share = range == 0 ? 0.5 : (Math.log(count) - first) / range;
        return FRAME.getX() + 20 + share * (FRAME.getWidth() - 40);
    }

    private double y(double accuracy) {
        return FRAME.getMaxY() - (accuracy - least) / (most - least) * FRAME.getHeight();
    }
}
