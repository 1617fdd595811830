package org.skiptuning.benchmark.report;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Feature sensitivity by block, a curve a tower, and gradient dependence by rank, as PNG files. */
public final class SensitivityPlot {
    private SensitivityPlot() {}

    /** A share a block of each tower. */
    public static byte[] ofBlocks(List<Double> image, List<Double> text) {
        var byBlock = new LinkedHashMap<String, Map<Integer, Double>>();
        byBlock.put("image tower", numbered(image, 1));
        byBlock.put("text tower", numbered(text, 1));
        return CurvePlot.png(
                byBlock, CurvePlot.Scale.LINEAR, "How much a block's output changes", "block", "share of its length");
    }

    /** @param sizes a number a rank, the picture's own class first */
    public static byte[] ofRanks(List<Double> sizes, List<Double> fitted) {
        var curves = new LinkedHashMap<String, Map<Integer, Double>>();
        curves.put("measured", numbered(sizes.subList(1, sizes.size()), 1));
        curves.put("exponential", numbered(fitted, 1));
        // An exponential's decline is a straight line then.
        return CurvePlot.png(
                curves, CurvePlot.Scale.LOGARITHMIC, "Gradient by rank of similarity", "rank of the class", "size");
    }

    private static Map<Integer, Double> numbered(List<Double> values, int first) {
        var numbered = new TreeMap<Integer, Double>();
        for (var index = 0; index < values.size(); index++) {
            numbered.put(first + index, values.get(index));
        }
        return numbered;
    }
}
