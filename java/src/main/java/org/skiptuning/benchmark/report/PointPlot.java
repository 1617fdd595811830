package org.skiptuning.benchmark.report;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.geom.Point2D;
import java.awt.geom.Rectangle2D;
import java.util.Comparator;
import java.util.List;
import java.util.OptionalDouble;
import java.util.stream.DoubleStream;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.style.markers.SeriesMarkers;

/**
 * Methods as points: their accuracy against what they cost, as a PNG. XChart draws frame, lines and points; numbers
 * at round places, and names where there is room for them, are written here, for it has neither.
 */
final class PointPlot {
    static final String SECONDS = "seconds of a run, logarithmic";
    static final String MEBIBYTES = "peak of the tensors in MiB, logarithmic";

    private static final int WIDTH = 900;
    private static final int CHART_HEIGHT = 560;
    private static final int CAPTION_HEIGHT = 30;

    /** Around the frame, where numbers and titles stand. */
    private static final int PADDING = 64;

    private static final int MARK = 9;

    /** How much further than the points the cost's axis goes: a share of their range, on its scale, and a factor at least. */
    private static final double COST_MARGIN = 0.08;

    private static final double LEAST_COST_MARGIN = 1.05;

    /** The same of accuracies, as a share of the points' range, and in percent at least. */
    private static final double ACCURACY_MARGIN = 0.1;

    private static final double LEAST_ACCURACY_MARGIN = 0.1;

    private static final Font PLAIN = new Font(Font.SANS_SERIF, Font.PLAIN, 13);
    private static final Font BOLD = PLAIN.deriveFont(Font.BOLD);

    private static final BasicStroke DASHED =
            new BasicStroke(1.4f, BasicStroke.CAP_BUTT, BasicStroke.JOIN_BEVEL, 0, new float[] {6, 5}, 0);

    private static final String ZERO_SHOT = "zero-shot";

    private final List<Point> shown;
    private final OptionalDouble zeroShot;
    private final double leastCost;
    private final double mostCost;
    private final double leastAccuracy;
    private final double mostAccuracy;

    /**
     * A method.
     *
     * @param title as people write it
     * @param cost above 0
     * @param accuracy in percent
     * @param ours whether it stands out
     */
    record Point(String title, double cost, double accuracy, boolean ours) {}

    private PointPlot(List<Point> points, OptionalDouble zeroShot) {
        this.zeroShot = zeroShot;
        this.shown = points.stream().sorted(Comparator.comparing(Point::ours)).toList(); // ours is drawn last, on top
        var costs = shown.stream().mapToDouble(Point::cost).summaryStatistics();
        var least = shown.isEmpty() ? 1 : costs.getMin();
        var most = shown.isEmpty() ? 1 : costs.getMax();
        var factor = Math.max(LEAST_COST_MARGIN, Math.pow(most / least, COST_MARGIN));
        this.leastCost = least / factor;
        this.mostCost = most * factor;
        var means = DoubleStream.concat(shown.stream().mapToDouble(Point::accuracy), zeroShot.stream())
                .summaryStatistics();
        if (means.getCount() == 0) { // Nothing to show but why.
            means.accept(0);
            means.accept(100);
        }
        var margin = Math.max(LEAST_ACCURACY_MARGIN, ACCURACY_MARGIN * (means.getMax() - means.getMin()));
        this.leastAccuracy = means.getMin() - margin;
        this.mostAccuracy = means.getMax() + margin;
    }

    /**
     * What is written around it.
     *
     * @param accuracy what the points' height is, such as {@code H, %}
     * @param caption below the plot, such as who is missing
     */
    record Titles(String plot, String accuracy, String cost, String caption) {}

    /** @return a PNG file */
    static byte[] png(List<Point> points, OptionalDouble zeroShot, Titles titles) {
        return new PointPlot(points, zeroShot).png(titles);
    }

    private byte[] png(Titles titles) {
        return Canvas.png(WIDTH, CHART_HEIGHT + CAPTION_HEIGHT, graphics -> {
            var chart = chart();
            chart.paint(graphics, WIDTH, CHART_HEIGHT);
            write(graphics, chart, titles);
        });
    }

    private XYChart chart() {
        var chart = new XYChartBuilder().width(WIDTH).height(CHART_HEIGHT).build();
        var styler = chart.getStyler();
        styler.setDefaultSeriesRenderStyle(XYSeries.XYSeriesRenderStyle.Scatter)
                .setXAxisLogarithmic(true)
                .setXAxisMin(leastCost)
                .setXAxisMax(mostCost)
                .setYAxisMin(leastAccuracy)
                .setYAxisMax(mostAccuracy)
                .setAxisTicksVisible(false)
                .setAxisTitlesVisible(false)
                .setPlotGridLinesVisible(false)
                .setPlotContentSize(1);
        styler.setLegendVisible(false)
                .setChartBackgroundColor(Color.WHITE)
                .setChartTitleVisible(false)
                .setChartPadding(PADDING);
        // Rules first: they lie below the points.
        for (var tick : costTicks()) {
            line(chart, "at cost " + tick.label(), both(tick.place()), new double[] {leastAccuracy, mostAccuracy});
        }
        for (var tick : accuracyTicks()) {
            line(chart, "at H " + tick.label(), new double[] {leastCost, mostCost}, both(tick.place()));
        }
        zeroShot.ifPresent(accuracy -> line(chart, ZERO_SHOT, new double[] {leastCost, mostCost}, both(accuracy))
                .setLineColor(PlotColours.OTHERS)
                .setLineStyle(DASHED));
        for (var row : shown) {
            chart.addSeries(row.title(), new double[] {row.cost()}, new double[] {row.accuracy()})
                    .setMarker(row.ours() ? new LargeDiamond() : SeriesMarkers.CIRCLE)
                    .setMarkerColor(row.ours() ? PlotColours.OURS : PlotColours.OTHERS);
        }
        return chart;
    }

    private static double[] both(double value) {
        return new double[] {value, value};
    }

    private static XYSeries line(XYChart chart, String name, double[] x, double[] y) {
        var series = chart.addSeries(name, x, y);
        series.setXYSeriesRenderStyle(XYSeries.XYSeriesRenderStyle.Line);
        series.setMarker(SeriesMarkers.NONE);
        series.setLineColor(PlotColours.RULE);
        series.setLineWidth(1);
        return series;
    }

    /** What XChart does not: numbers, titles, names and the line below. */
    private void write(Graphics2D graphics, XYChart chart, Titles titles) {
        var left = chart.getScreenXFromChart(leastCost);
        var right = chart.getScreenXFromChart(mostCost);
        var top = chart.getScreenYFromChart(mostAccuracy);
        var bottom = chart.getScreenYFromChart(leastAccuracy);
        graphics.setFont(PLAIN);
        graphics.setColor(PlotColours.INK);
        var metrics = graphics.getFontMetrics();
        for (var tick : costTicks()) {
            Canvas.centred(graphics, tick.label(), chart.getScreenXFromChart(tick.place()), bottom + 18);
        }
        for (var tick : accuracyTicks()) {
            var x = left - 8 - metrics.stringWidth(tick.label());
            graphics.drawString(tick.label(), (float) x, (float) (chart.getScreenYFromChart(tick.place()) + 5));
        }
        graphics.drawString(titles.accuracy(), (float) (left - 44), (float) (top - 12));
        Canvas.centred(graphics, titles.cost(), (left + right) / 2, bottom + 44);
        Canvas.centred(graphics, titles.caption(), WIDTH / 2.0, CHART_HEIGHT + 12);
        graphics.setFont(BOLD.deriveFont(15f));
        Canvas.centred(graphics, titles.plot(), (left + right) / 2, top - 20);
        writeNames(graphics, chart, new Rectangle2D.Double(left, top, right - left, bottom - top));
    }

    private void writeNames(Graphics2D graphics, XYChart chart, Rectangle2D frame) {
        var names = new PlotNames(graphics, frame);
        zeroShot.ifPresent(accuracy -> names.takeLine(chart.getScreenYFromChart(accuracy)));
        for (var row : shown) {
            names.takeMark(point(chart, row), row.ours() ? LargeDiamond.SIDE : MARK);
        }
        // Ours is first to choose its place; then those with the least room, on the right.
        var byPlace = Comparator.comparing(Point::ours).thenComparing(Point::cost);
        for (var row : shown.stream().sorted(byPlace.reversed()).toList()) {
            graphics.setFont(row.ours() ? BOLD : PLAIN);
            graphics.setColor(row.ours() ? PlotColours.OURS : PlotColours.INK);
            names.name(row.title(), point(chart, row));
        }
        graphics.setFont(PLAIN.deriveFont(Font.ITALIC));
        graphics.setColor(PlotColours.OTHERS);
        zeroShot.ifPresent(accuracy -> names.nameOfLine(ZERO_SHOT, chart.getScreenYFromChart(accuracy)));
    }

    private static Point2D point(XYChart chart, Point row) {
        return new Point2D.Double(chart.getScreenXFromChart(row.cost()), chart.getScreenYFromChart(row.accuracy()));
    }

    private List<AxisTicks.Tick> costTicks() {
        return AxisTicks.logarithmic(leastCost, mostCost);
    }

    private List<AxisTicks.Tick> accuracyTicks() {
        return AxisTicks.linear(leastAccuracy, mostAccuracy);
    }
}
