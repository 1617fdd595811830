package org.skiptuning.report;

import java.util.Arrays;

/**
 * The loss of one run.
 *
 * @param key names its colour, as in {@link MethodRow#key()}
 * @param name for people
 * @param text what the loss counts
 * @param losses one a step, in order
 */
public record Curve(String key, String name, String text, float[] losses) {
    public Curve {
        losses = losses.clone();
    }

    @Override
    public float[] losses() {
        return losses.clone();
    }

    /** The plot, as SVG that takes its colours from the page. */
    public String svg() {
        return new LossPlot(key, name, losses).svg();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Curve curve
                && key.equals(curve.key)
                && name.equals(curve.name)
                && text.equals(curve.text)
                && Arrays.equals(losses, curve.losses);
    }

    @Override
    public int hashCode() {
        return 31 * name.hashCode() + Arrays.hashCode(losses);
    }
}
