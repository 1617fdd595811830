package org.skiptuning.speed;

import java.util.Optional;
import org.skiptuning.PaperStyleMemory;
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
 *     twice the outputs of the layers of one forward pass, in fp32; none of a step on features, which passes no layers
 */
public record StepCost(
        double exactGigaflops,
        double publishedGigaflops,
        long trainedParameters,
        long optimizerBytes,
        Optional<Long> paperStyleBytes) {
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
        var memory = PaperStyleMemory.bytes(configuration, imageStart, textStart, batch, kept, trained);
        return new StepCost(exact / 1e9, published / 1e9, trained, OPTIMIZER_BYTES * trained, Optional.of(memory));
    }

    /**
     * Of a step that trains vectors in prompts, and perhaps behind pictures' patches: towers lead the gradient back to
     * their inputs, and features of pictures that are not passed are there.
     *
     * @param texts prompts that pass the text tower
     * @param textTokens of a prompt with its vectors, up to its end-of-text
     * @param losses whose gradients a step needs apart
     * @param imageVectors behind the patches of a picture; 0 where pictures are not passed
     * @param untouched whether pictures pass the untouched tower, too
     * @param trained weights that the step changes
     * @param secondMoment whether the optimizer keeps one
     */
    static StepCost ofPrompts(
            ClipConfiguration configuration,
            int batch,
            long texts,
            int textTokens,
            int losses,
            int imageVectors,
            boolean untouched,
            long trained,
            boolean secondMoment) {
        var image = TowerCost.image(configuration);
        var text = TowerCost.text(configuration);
        var imageTokens = configuration.image().tokens();
        var length = configuration.text().context();
        var exact = texts * text.exactToInput(textTokens, losses);
        var published = texts * text.plainToInput(length, losses);
        if (imageVectors > 0) {
            exact += batch * image.exactToInput(imageTokens + imageVectors, losses);
            published += batch * image.plainToInput(imageTokens + imageVectors, losses);
        } else {
            published += batch * image.layers() * image.block(imageTokens);
        }
        if (untouched) {
            exact += batch * image.exactForward(imageTokens);
            published += batch * image.layers() * image.block(imageTokens);
        }
        return new StepCost(
                exact / 1e9,
                published / 1e9,
                trained,
                (secondMoment ? ADAMW_BYTES : OPTIMIZER_BYTES) * trained,
                Optional.of(paperStyleBytes(configuration, batch, texts, trained)));
    }

    /**
     * Of a step on features that are there: a product of the features with the trained weights, and its two gradients.
     *
     * @param pictures that it looks at
     * @param passes whether public implementations put those through the image tower in each step
     */
    static StepCost ofFeatures(
            ClipConfiguration configuration, long pictures, boolean passes, long trained, boolean secondMoment) {
        var image = TowerCost.image(configuration);
        var exact = 6.0 * pictures * trained;
        var published = exact
                + (passes
                        ? pictures
                                * image.layers()
                                * image.block(configuration.image().tokens())
                        : 0);
        return new StepCost(
                exact / 1e9,
                published / 1e9,
                trained,
                (secondMoment ? ADAMW_BYTES : OPTIMIZER_BYTES) * trained,
                Optional.empty());
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
                Optional.of(paperStyleBytes(configuration, batch, classes, trained)));
    }

    /** Of whole towers, every row of them. */
    private static long paperStyleBytes(ClipConfiguration configuration, long batch, long classes, long trained) {
        return PaperStyleMemory.bytes(configuration, 0, 0, batch, classes, trained);
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
