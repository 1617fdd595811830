package org.skiptuning.speed;

import org.skiptuning.checkpoint.ClipConfiguration;

/**
 * What a step costs by formula; full fine-tuning is Skip Tuning with start layers 0 and every class kept.
 *
 * @param exactGigaflops the least that gives the same loss and gradients, short of sharing the prompts' beginning: the
 *     first trained blocks make no gradient of their input, the last ones compute pooled rows alone, texts end at
 *     end-of-text
 * @param publishedGigaflops as the public implementation computes: every row of every trained block, all the context
 * @param trainedParameters weights that the step changes
 * @param optimizerBytes that the optimizer reads and writes at least: gradient, momentum and weight, 20 a weight; of
 *     AdamW with its second moment 28
 * @param paperStyleBytes what the paper calls memory, a model summary's estimate and no measurement: inputs, weights and
 *     twice the outputs of the layers of one forward pass, in fp32
 */
public record StepCost(
        double exactGigaflops,
        double publishedGigaflops,
        long trainedParameters,
        long optimizerBytes,
        long paperStyleBytes) {
    private static final long OPTIMIZER_BYTES = 20;
    private static final long ADAMW_BYTES = 28;

    /**
     * @param imageStart blocks of the image tower that are frozen
     * @param textStart the same of the text tower
     * @param batch pictures of a step
     * @param kept classes of a step
     * @param textTokens of a prompt up to its end-of-text, the mean over the classes
     */
    public static StepCost of(
            ClipConfiguration configuration, int imageStart, int textStart, int batch, int kept, double textTokens) {
        var image = TowerCost.image(configuration);
        var text = TowerCost.text(configuration);
        var imageTokens = configuration.image().tokens();
        var context = configuration.text().context();
        var exact = batch * image.exactSuffix(imageStart, imageTokens)
                + kept * between(textTokens, tokens -> text.exactSuffix(textStart, tokens));
        var published =
                batch * image.plainSuffix(imageStart, imageTokens) + kept * text.plainSuffix(textStart, context);
        var imageBlocks = image.layers() - imageStart;
        var textBlocks = text.layers() - textStart;
        var trained = imageBlocks * image.parameters()
                + textBlocks * text.parameters()
                + (image.width() + text.width()) * (configuration.embedDim() + 2L);
        var numbers = (long) batch * imageTokens * image.width()
                + (long) kept * context * text.width()
                + trained
                + 2 * (batch * imageBlocks * image.outputs(imageTokens) + kept * textBlocks * text.outputs(context));
        return new StepCost(exact / 1e9, published / 1e9, trained, OPTIMIZER_BYTES * trained, Float.BYTES * numbers);
    }

    /**
     * Of CoOp's step: the text tower leads the gradient back to the context vectors, the pictures' features are there.
     *
     * @param classes of a step, all of them
     * @param context trained vectors
     * @param textTokens of a prompt with them, up to its end-of-text
     */
    public static StepCost ofContext(
            ClipConfiguration configuration, int batch, int classes, int context, int textTokens) {
        var image = TowerCost.image(configuration);
        var text = TowerCost.text(configuration);
        var imageTokens = configuration.image().tokens();
        var length = configuration.text().context();
        var exact = classes * text.exactToInput(textTokens);
        var published = classes * text.plainToInput(length) + batch * image.layers() * image.block(imageTokens);
        var trained = (long) context * text.width();
        return new StepCost(
                exact / 1e9,
                published / 1e9,
                trained,
                OPTIMIZER_BYTES * trained,
                paperStyleBytes(configuration, batch, classes, trained));
    }

    /**
     * Of CLIP-LoRA's step: both towers lead the gradient back to their first blocks, and no weight of theirs has one.
     *
     * @param classes of a step, all of them
     * @param rank of the additions
     * @param textTokens of a prompt up to its end-of-text
     */
    public static StepCost ofLowRank(
            ClipConfiguration configuration, int batch, int classes, int rank, int textTokens) {
        var image = TowerCost.image(configuration);
        var text = TowerCost.text(configuration);
        var imageTokens = configuration.image().tokens();
        var length = configuration.text().context();
        var exact = batch * image.exactLowRank(rank, imageTokens) + classes * text.exactLowRank(rank, textTokens);
        var published = batch * image.plainLowRank(rank, imageTokens) + classes * text.plainLowRank(rank, length);
        var trained = image.lowRankParameters(rank) + text.lowRankParameters(rank);
        return new StepCost(
                exact / 1e9,
                published / 1e9,
                trained,
                ADAMW_BYTES * trained,
                paperStyleBytes(configuration, batch, classes, trained));
    }

    /** Of whole towers, every row of them. */
    private static long paperStyleBytes(ClipConfiguration configuration, int batch, int classes, long trained) {
        var image = TowerCost.image(configuration);
        var text = TowerCost.text(configuration);
        var imageTokens = configuration.image().tokens();
        var length = configuration.text().context();
        var numbers = (long) batch * imageTokens * image.width()
                + (long) classes * length * text.width()
                + trained
                + 2
                        * (batch * image.layers() * image.outputs(imageTokens)
                                + classes * text.layers() * text.outputs(length));
        return Float.BYTES * numbers;
    }

    private interface OfTokens {
        double cost(long tokens);
    }

    /** Of a mean length: prompts of the two whole lengths around it, mixed. */
    private static double between(double tokens, OfTokens of) {
        var below = (long) Math.floor(tokens);
        var share = tokens - below;
        return share == 0 ? of.cost(below) : (1 - share) * of.cost(below) + share * of.cost(below + 1);
    }
}
