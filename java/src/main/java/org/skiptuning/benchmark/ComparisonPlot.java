package org.skiptuning.benchmark;

import java.awt.Color;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.function.ToDoubleFunction;
import org.knowm.xchart.AnnotationText;
import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** Methods as points: their harmonic mean against what they cost, as a PNG. */
final class ComparisonPlot {
    private static final int WIDTH = 900;
    private static final int HEIGHT = 560;

    /** Pixels between the axes, of a letter, and between a point and its name. */
    private static final double PLOT_WIDTH = 740;

    private static final double LETTER = 6.2;
    private static final double GAP = 9;

    /** How much further than the points the cost's axis goes. */
    private static final double MARGIN = 1.4;

    private static final double MEBIBYTE = 1024.0 * 1024;
    private static final Color OURS = new Color(0x2f, 0x6f, 0xdb);
    private static final Color OTHERS = new Color(0x6b, 0x72, 0x80);

    private ComparisonPlot() {}

    static byte[] ofTime(List<Comparison.Row> rows, int shots, double zeroShot) {
        return plot(rows, shots, zeroShot, "seconds of a run (logarithmic)", Comparison.Row::seconds);
    }

    static byte[] ofMemory(List<Comparison.Row> rows, int shots, double zeroShot) {
        return plot(
                rows,
                shots,
                zeroShot,
                "peak of the tensors, MiB (logarithmic)",
                row -> row.peakTensorBytes() / MEBIBYTE);
    }

    private static byte[] plot(
            List<Comparison.Row> all, int shots, double zeroShot, String axis, ToDoubleFunction<Comparison.Row> cost) {
        var rows = all.stream()
                .filter(row -> row.harmonicMean().isPresent() && cost.applyAsDouble(row) > 0)
                .toList();
        var chart = new XYChartBuilder()
                .width(WIDTH)
                .height(HEIGHT)
                .title("H of base and new classes, " + shots + (shots == 1 ? " shot" : " shots"))
                .xAxisTitle(axis)
                .yAxisTitle("H, %")
                .build();
        if (!rows.isEmpty()) {
            var least = rows.stream().mapToDouble(cost).min().orElseThrow() / MARGIN;
            var most = rows.stream().mapToDouble(cost).max().orElseThrow() * MARGIN * MARGIN;
            style(chart, least, most);
            var line = chart.addSeries("zero-shot", new double[] {least, most}, new double[] {zeroShot, zeroShot});
            line.setXYSeriesRenderStyle(XYSeries.XYSeriesRenderStyle.Line);
            line.setMarker(SeriesMarkers.NONE).setLineColor(OTHERS);
            label(chart, "zero-shot", least, zeroShot, least, most);
            for (var row : rows) {
                var h = row.harmonicMean().getAsDouble();
                var x = cost.applyAsDouble(row);
                chart.addSeries(row.method().toString(), new double[] {x}, new double[] {h})
                        .setMarker(SeriesMarkers.CIRCLE)
                        .setMarkerColor(row.method().toString().equals("skip") ? OURS : OTHERS);
                label(chart, row.method().title(), x, h, least, most);
            }
        }
        var bytes = new ByteArrayOutputStream();
        try {
            BitmapEncoder.saveBitmap(chart, bytes, BitmapEncoder.BitmapFormat.PNG);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    private static void style(XYChart chart, double least, double most) {
        var styler = chart.getStyler();
        styler.setDefaultSeriesRenderStyle(XYSeries.XYSeriesRenderStyle.Scatter)
                .setXAxisLogarithmic(true)
                .setXAxisMin(least)
                .setXAxisMax(most);
        styler.setLegendVisible(false).setChartBackgroundColor(Color.WHITE).setMarkerSize(9);
        styler.setPlotContentSize(0.9);
    }

    /** Behind a point: the text is centred on its place, which is that much to the right. */
    private static void label(XYChart chart, String text, double x, double y, double least, double most) {
        var share = (text.length() * LETTER / 2.0 + GAP) / PLOT_WIDTH;
        chart.addAnnotation(new AnnotationText(text, x * Math.pow(most / least, share), y, false));
    }
}
