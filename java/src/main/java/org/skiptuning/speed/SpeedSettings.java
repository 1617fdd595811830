package org.skiptuning.speed;

import org.skiptuning.Precision;
import org.skiptuning.checkpoint.ClipConfiguration;

/**
 * The step that is measured.
 *
 * @param classes M, with a prompt of ten tokens each
 * @param batchSize pictures of a step
 * @param startLayer frozen blocks of each tower (ω), for Skip Tuning
 * @param topRatio share or number of classes surely kept (r)
 * @param lambda scale of the tail by which others stay; 0 drops them
 * @param maxClasses cap on the surely kept; 0 has none
 * @param steps measured, after some that are not
 * @param threads 0 for one a processor
 */
public record SpeedSettings(
        ClipConfiguration configuration,
        int classes,
        int batchSize,
        int startLayer,
        double topRatio,
        double lambda,
        int maxClasses,
        int steps,
        Precision precision,
        String device,
        int threads,
        long seed) {
    /** Start, four tokens that all prompts share, three of the class's own, a full stop and end-of-text. */
    static final int PROMPT_TOKENS = 10;

    static final int SHARED_TOKENS = 5;

    private static final int LEAST_VOCABULARY = 64;

    /** @throws IllegalArgumentException naming the value that is out of its range, and the range */
    public SpeedSettings {
        require("classes", classes, 1, 100_000);
        require("batchSize", batchSize, 1, 4096);
        var depth =
                Math.min(configuration.image().layers(), configuration.text().layers());
        require("startLayer", startLayer, 0, depth - 1);
        var text = configuration.text();
        require("The shape's text context", text.context(), SpeedSettings.PROMPT_TOKENS, Integer.MAX_VALUE);
        require("The shape's vocabulary", text.vocabulary(), LEAST_VOCABULARY, Integer.MAX_VALUE);
        var image = configuration.image();
        if (image.size() % image.patch() != 0) {
            throw new IllegalArgumentException("The shape's patch size is " + image.patch()
                    + ": use one that divides the image size of " + image.size());
        }
        require("maxClasses", maxClasses, 0, Integer.MAX_VALUE);
        require("steps", steps, 1, 1_000_000);
        if (!(topRatio > 0 && topRatio <= 1_000_000)) {
            throw new IllegalArgumentException("topRatio is " + topRatio + ": use a share, or a number of classes");
        }
        if (!(lambda >= 0 && lambda <= 1000)) {
            throw new IllegalArgumentException("lambda is " + lambda + ": use 0 to 1000");
        }
    }

    private static void require(String name, int value, int low, int high) {
        if (value < low || value > high) {
            throw new IllegalArgumentException(name + " is " + value + ": use " + low + " to " + high);
        }
    }
}
