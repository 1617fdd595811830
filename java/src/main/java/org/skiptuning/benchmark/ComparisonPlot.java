package org.skiptuning.benchmark;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.geom.Point2D;
import java.awt.geom.Rectangle2D;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.style.markers.SeriesMarkers;
import org.skiptuning.Method;
import org.skiptuning.report.Prose;

/**
 * Methods as points: their harmonic mean against what they cost, as a PNG. XChart draws frame, lines and points; numbers
 * at round places, and names where there is room for them, are written here, for it has neither.
 */
final class ComparisonPlot {
    private static final int WIDTH = 900;
    private static final int CHART_HEIGHT = 560;
    private static final int CAPTION_HEIGHT = 30;

    /** Around the frame, where numbers and titles stand. */
    private static final int PADDING = 64;

    private static final int MARK = 9;

    /** How much further than the points the cost's axis goes: a share of their range, on its scale, and a factor at least. */
    private static final double COST_MARGIN = 0.08;

    private static final double LEAST_COST_MARGIN = 1.05;

    /** The same of H, as a share of the points' range, and in percent at least. */
    private static final double H_MARGIN = 0.1;

    private static final double LEAST_H_MARGIN = 0.1;

    private static final double MEBIBYTE = 1024.0 * 1024;
    private static final Color OURS = new Color(0x1d, 0x5f, 0xd6);
    private static final Color OTHERS = new Color(0x6b, 0x72, 0x80);
    private static final Color RULE = new Color(0xe8, 0xea, 0xed);
    private static final Color INK = new Color(0x30, 0x34, 0x3b);
    private static final Font PLAIN = new Font(Font.SANS_SERIF, Font.PLAIN, 13);
    private static final Font BOLD = PLAIN.deriveFont(Font.BOLD);

    private static final BasicStroke DASHED =
            new BasicStroke(1.4f, BasicStroke.CAP_BUTT, BasicStroke.JOIN_BEVEL, 0, new float[] {6, 5}, 0);

    private static final String ZERO_SHOT = "zero-shot";

    private final List<Comparison.Row> all;
    private final List<Comparison.Row> shown;
    private final ToDoubleFunction<Comparison.Row> cost;
    private final double zeroShot;
    private final double leastCost;
    private final double mostCost;
    private final double leastH;
    private final double mostH;

    private ComparisonPlot(List<Comparison.Row> all, double zeroShot, ToDoubleFunction<Comparison.Row> cost) {
        this.all = all;
        this.cost = cost;
        this.zeroShot = zeroShot;
        this.shown = all.stream()
                .filter(row -> row.harmonicMean().isPresent() && cost.applyAsDouble(row) > 0)
                .sorted(Comparator.comparing(ComparisonPlot::isOurs)) // drawn last, on top
                .toList();
        var costs = shown.stream().mapToDouble(cost).summaryStatistics();
        var least = shown.isEmpty() ? 1 : costs.getMin();
        var most = shown.isEmpty() ? 1 : costs.getMax();
        var factor = Math.max(LEAST_COST_MARGIN, Math.pow(most / least, COST_MARGIN));
        this.leastCost = least / factor;
        this.mostCost = most * factor;
        var means = Stream.concat(shown.stream().map(ComparisonPlot::h), Stream.of(zeroShot))
                .mapToDouble(Double::doubleValue)
                .summaryStatistics();
        var margin = Math.max(LEAST_H_MARGIN, H_MARGIN * (means.getMax() - means.getMin()));
        this.leastH = means.getMin() - margin;
        this.mostH = means.getMax() + margin;
    }

    static byte[] ofTime(List<Comparison.Row> rows, int shots, double zeroShot) {
        return new ComparisonPlot(rows, zeroShot, Comparison.Row::seconds).png(shots, "seconds of a run, logarithmic");
    }

    static byte[] ofMemory(List<Comparison.Row> rows, int shots, double zeroShot) {
        return new ComparisonPlot(rows, zeroShot, row -> row.peakTensorBytes() / MEBIBYTE)
                .png(shots, "peak of the tensors in MiB, logarithmic");
    }

    private byte[] png(int shots, String costTitle) {
        var image = new BufferedImage(WIDTH, CHART_HEIGHT + CAPTION_HEIGHT, BufferedImage.TYPE_INT_RGB);
        var graphics = image.createGraphics();
        try {
            graphics.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
            graphics.setRenderingHint(RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
            graphics.setColor(Color.WHITE);
            graphics.fillRect(0, 0, image.getWidth(), image.getHeight());
            var chart = chart();
            chart.paint(graphics, WIDTH, CHART_HEIGHT);
            var title = "H of base and new classes, " + shots + (shots == 1 ? " shot" : " shots");
            write(graphics, chart, title, costTitle);
        } finally {
            graphics.dispose();
        }
        var bytes = new ByteArrayOutputStream();
        try {
            ImageIO.write(image, "png", bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    private XYChart chart() {
        var chart = new XYChartBuilder().width(WIDTH).height(CHART_HEIGHT).build();
        var styler = chart.getStyler();
        styler.setDefaultSeriesRenderStyle(XYSeries.XYSeriesRenderStyle.Scatter)
                .setXAxisLogarithmic(true)
                .setXAxisMin(leastCost)
                .setXAxisMax(mostCost)
                .setYAxisMin(leastH)
                .setYAxisMax(mostH)
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
            line(chart, "at cost " + tick.label(), both(tick.place()), new double[] {leastH, mostH});
        }
        for (var tick : hTicks()) {
            line(chart, "at H " + tick.label(), new double[] {leastCost, mostCost}, both(tick.place()));
        }
        line(chart, ZERO_SHOT, new double[] {leastCost, mostCost}, both(zeroShot))
                .setLineColor(OTHERS)
                .setLineStyle(DASHED);
        for (var row : shown) {
            chart.addSeries(row.method().toString(), new double[] {cost.applyAsDouble(row)}, new double[] {h(row)})
                    .setMarker(isOurs(row) ? new LargeDiamond() : SeriesMarkers.CIRCLE)
                    .setMarkerColor(isOurs(row) ? OURS : OTHERS);
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
        series.setLineColor(RULE);
        series.setLineWidth(1);
        return series;
    }

    /** What XChart does not: numbers, titles, names and the line below. */
    private void write(Graphics2D graphics, XYChart chart, String title, String costTitle) {
        var left = chart.getScreenXFromChart(leastCost);
        var right = chart.getScreenXFromChart(mostCost);
        var top = chart.getScreenYFromChart(mostH);
        var bottom = chart.getScreenYFromChart(leastH);
        graphics.setFont(PLAIN);
        graphics.setColor(INK);
        var metrics = graphics.getFontMetrics();
        for (var tick : costTicks()) {
            centred(graphics, tick.label(), chart.getScreenXFromChart(tick.place()), bottom + 18);
        }
        for (var tick : hTicks()) {
            var x = left - 8 - metrics.stringWidth(tick.label());
            graphics.drawString(tick.label(), (float) x, (float) (chart.getScreenYFromChart(tick.place()) + 5));
        }
        graphics.drawString("H, %", (float) (left - 44), (float) (top - 12));
        centred(graphics, costTitle, (left + right) / 2, bottom + 44);
        centred(graphics, caption(all), WIDTH / 2.0, CHART_HEIGHT + 12);
        graphics.setFont(BOLD.deriveFont(15f));
        centred(graphics, title, (left + right) / 2, top - 20);
        writeNames(graphics, chart, new Rectangle2D.Double(left, top, right - left, bottom - top));
    }

    private void writeNames(Graphics2D graphics, XYChart chart, Rectangle2D frame) {
        var names = new PlotNames(graphics, frame);
        var line = chart.getScreenYFromChart(zeroShot);
        names.takeLine(line);
        for (var row : shown) {
            names.takeMark(point(chart, row), isOurs(row) ? LargeDiamond.SIDE : MARK);
        }
        // Ours is first to choose its place; then those with the least room, on the right.
        var byPlace = Comparator.comparing(ComparisonPlot::isOurs).thenComparing(cost::applyAsDouble);
        for (var row : shown.stream().sorted(byPlace.reversed()).toList()) {
            graphics.setFont(isOurs(row) ? BOLD : PLAIN);
            graphics.setColor(isOurs(row) ? OURS : INK);
            names.name(row.method().title(), point(chart, row));
        }
        graphics.setFont(PLAIN.deriveFont(Font.ITALIC));
        graphics.setColor(OTHERS);
        names.nameOfLine(ZERO_SHOT, line);
    }

    private Point2D point(XYChart chart, Comparison.Row row) {
        return new Point2D.Double(
                chart.getScreenXFromChart(cost.applyAsDouble(row)), chart.getScreenYFromChart(h(row)));
    }

    private static void centred(Graphics2D graphics, String text, double x, double baseline) {
        var width = graphics.getFontMetrics().stringWidth(text);
        graphics.drawString(text, (float) (x - width / 2.0), (float) baseline);
    }

    /** Who is missing, and why. */
    static String caption(List<Comparison.Row> all) {
        var sentences = new ArrayList<String>();
        titles(all, row -> !row.method().knowsOtherClasses())
                .ifPresent(names -> sentences.add("Trained classes only, so no H and no point: " + names + "."));
        titles(
                        all,
                        row -> row.method().knowsOtherClasses()
                                && row.harmonicMean().isEmpty())
                .ifPresent(names -> sentences.add("Failed: " + names + "."));
        return String.join(" ", sentences);
    }

    private static Optional<String> titles(List<Comparison.Row> all, Predicate<Comparison.Row> which) {
        var names = all.stream().filter(which).map(row -> row.method().title()).toList();
        return names.isEmpty() ? Optional.empty() : Optional.of(Prose.list(names));
    }

    private List<AxisTicks.Tick> costTicks() {
        return AxisTicks.logarithmic(leastCost, mostCost);
    }

    private List<AxisTicks.Tick> hTicks() {
        return AxisTicks.linear(leastH, mostH);
    }

    private static boolean isOurs(Comparison.Row row) {
        return row.method().equals(Method.SKIP);
    }

    private static double h(Comparison.Row row) {
        return row.harmonicMean().orElseThrow();
    }
}
