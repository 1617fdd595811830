package org.skiptuning.benchmark.report;

import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.geom.Rectangle2D;
import java.util.List;
import org.skiptuning.Method;
import org.skiptuning.report.Figures;
import org.skiptuning.speed.Flow;

/**
 * The propagation flow of methods, one below the other, as a PNG: a bar a block that a step passes, as long as the tower is
 * deep, as high as many tokens pass it (logarithmic); behind it what the step costs.
 */
public final class FlowPlot {
    private static final int LEFT = 130;
    private static final int TOP = 84;
    private static final int ROW = 34;
    private static final int BLOCK = 15;
    private static final int GAP = 30;
    private static final int COST = 280;
    private static final double LOWEST = 3;
    private static final double HIGHEST = 24;

    private static final Font PLAIN = new Font(Font.SANS_SERIF, Font.PLAIN, 13);

    private final List<Flow> flows;
    private final int imageLayers;
    private final int textLayers;
    private final double mostTokens;

    private FlowPlot(List<Flow> flows, int imageLayers, int textLayers) {
        this.flows = flows;
        this.imageLayers = imageLayers;
        this.textLayers = textLayers;
        this.mostTokens = flows.stream()
                .mapToDouble(flow -> Math.max(flow.imageTokens(), flow.classTokens()))
                .max()
                .orElse(1);
    }

    /**
     * @param imageLayers blocks of the image tower
     * @param textLayers of the text tower
     * @return a PNG file
     */
    public static byte[] png(List<Flow> flows, int imageLayers, int textLayers, String title) {
        var plot = new FlowPlot(flows, imageLayers, textLayers);
        return Canvas.png(plot.costX() + COST, TOP + ROW * flows.size() + 20, graphics -> plot.draw(graphics, title));
    }

    private int textX() {
        return LEFT + imageLayers * BLOCK + GAP;
    }

    private int costX() {
        return textX() + textLayers * BLOCK + GAP;
    }

    private void draw(Graphics2D graphics, String title) {
        graphics.setColor(PlotColours.INK);
        graphics.setFont(PLAIN.deriveFont(Font.BOLD, 15f));
        graphics.drawString(title, LEFT, 28);
        graphics.setFont(PLAIN);
        graphics.drawString("pictures, blocks 1 to " + imageLayers, LEFT, 62);
        graphics.drawString("texts, 1 to " + textLayers, textX(), 62);
        graphics.drawString("GFLOP a step, held (paper-style)", costX(), 62);
        for (var index = 0; index < flows.size(); index++) {
            var flow = flows.get(index);
            var middle = TOP + ROW * index + ROW / 2.0;
            var ours = flow.method().toString().equals(Method.SKIP.toString());
            var colour = ours ? PlotColours.OURS : PlotColours.OTHERS;
            graphics.setColor(ours ? PlotColours.OURS : PlotColours.INK);
            graphics.setFont(ours ? PLAIN.deriveFont(Font.BOLD) : PLAIN);
            graphics.drawString(flow.method().toString(), 16, (float) middle + 5);
            graphics.drawString(cost(flow), costX(), (float) middle + 5);
            blocks(graphics, LEFT, middle, imageLayers, flow.imageBlocks(), flow.imageTokens(), colour);
            blocks(graphics, textX(), middle, textLayers, flow.textBlocks(), flow.classTokens(), colour);
        }
    }

    private static String cost(Flow flow) {
        return Figures.number(flow.cost().exactGigaflops())
                + flow.cost()
                        .paperStyleBytes()
                        .map(bytes -> ", " + Figures.bytes(bytes))
                        .orElse("");
    }

    private void blocks(Graphics2D graphics, int x, double middle, int layers, int passed, long tokens, Color colour) {
        for (var block = 0; block < layers; block++) {
            var isPassed = block >= layers - passed;
            var height = isPassed ? height(tokens) : LOWEST;
            graphics.setColor(isPassed ? colour : PlotColours.RULE);
            graphics.fill(new Rectangle2D.Double(x + block * BLOCK, middle - height / 2, BLOCK - 2, height));
        }
    }

    private double height(long tokens) {
        return LOWEST + (HIGHEST - LOWEST) * Math.log1p(tokens) / Math.log1p(mostTokens);
    }
}
