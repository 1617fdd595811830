package org.skiptuning;

import org.skiptuning.checkpoint.ClipConfiguration;

/**
 * What the Skip Tuning paper calls memory: the estimate of a model summary and no measurement, inputs, trained weights and
 * twice the outputs of the passed layers of one forward pass, all positions of every prompt, in fp32.
 */
public final class PaperStyleMemory {
    private PaperStyleMemory() {}

    /**
     * @param imageStart blocks of the image tower that a step does not pass
     * @param textStart the same of the text tower
     * @param batch pictures of a step
     * @param classes of a step
     * @param trained weights that a step changes
     */
    public static long bytes(
            ClipConfiguration configuration, int imageStart, int textStart, long batch, long classes, long trained) {
        var image = configuration.image();
        var text = configuration.text();
        var numbers = batch * image.tokens() * image.width()
                + classes * text.context() * text.width()
                + trained
                + 2
                        * (batch
                                        * (image.layers() - imageStart)
                                        * outputs(image.tokens(), image.width(), image.mlpWidth())
                                + classes
                                        * (text.layers() - textStart)
                                        * outputs(text.context(), text.width(), text.mlpWidth()));
        return Float.BYTES * numbers;
    }

    /** Numbers that the layers of one block put out. */
    private static long outputs(long tokens, long width, long mlpWidth) {
        return tokens * (4 * width + 2 * mlpWidth);
    }
}
