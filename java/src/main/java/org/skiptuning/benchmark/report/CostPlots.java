package org.skiptuning.benchmark.report;

import java.util.List;
import java.util.OptionalDouble;
import java.util.function.ToDoubleFunction;

/**
 * One accuracy of each contender against what it cost: time, and memory.
 *
 * @param accuracy what it is called, such as {@code H}
 * @param title of both plots
 * @param caption below them, such as who is missing; may be empty
 * @param zeroShot the untouched model's
 */
record CostPlots(String accuracy, String title, String caption, OptionalDouble zeroShot) {
    private static final double MEBIBYTE = 1024.0 * 1024;

    /**
     * A contender.
     *
     * @param accuracy in percent
     * @param seconds of a run; 0 if unknown
     * @param tensorBytes the most that tensors took; 0 if unknown
     */
    record Point(String name, double accuracy, double seconds, double tensorBytes, boolean ours) {}

    /** @param file a part of the files' names */
    List<Section.Picture> of(List<Point> points, String file) {
        return List.of(
                picture("time", file, points, Point::seconds, PointPlot.SECONDS),
                picture("memory", file, points, point -> point.tensorBytes() / MEBIBYTE, PointPlot.MEBIBYTES));
    }

    private Section.Picture picture(
            String against, String file, List<Point> points, ToDoubleFunction<Point> cost, String axis) {
        var shown = points.stream()
                .filter(point -> cost.applyAsDouble(point) > 0)
                .map(point ->
                        new PointPlot.Point(point.name(), cost.applyAsDouble(point), point.accuracy(), point.ours()))
                .toList();
        return new Section.Picture(
                against + "-" + file + ".png",
                accuracy + " against " + against,
                () -> PointPlot.png(shown, zeroShot, new PointPlot.Titles(title, accuracy + ", %", axis, caption)));
    }
}
