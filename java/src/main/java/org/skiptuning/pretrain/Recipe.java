package org.skiptuning.pretrain;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import tools.jackson.databind.json.JsonMapper;

/**
 * All settings of a pre-training run. The default is the resource {@code recipe.json}.
 *
 * @param seed          of everything random
 * @param steps         updates in all; the learning rates fall to zero with them
 * @param batch         pairs a step, each of another thing
 * @param warmupSteps   over which the rates rise from zero
 * @param matrixRate    highest learning rate of the blocks' matrices (Muon)
 * @param otherRate     highest learning rate of all the rest (AdamW)
 * @param momentum      Muon's
 * @param beta1         AdamW's, as is {@code beta2}
 * @param weightDecay   decoupled, for both optimizers
 * @param averageDecay  of the exponential moving average of the weights
 * @param precision     of the computation: fp32 or bf16
 */
public record Recipe(
        long seed,
        int steps,
        int batch,
        int warmupSteps,
        double matrixRate,
        double otherRate,
        double momentum,
        double beta1,
        double beta2,
        double weightDecay,
        double averageDecay,
        String precision,
        Model model,
        Captions captions,
        Pictures pictures) {

    /**
     * The shape of the CLIP that is trained.
     *
     * @param patch     pixels a side of a patch
     * @param mean      that is taken off every channel of a picture, of values in 0..1
     * @param deviation by which it is divided
     */
    public record Model(
            int embedDim,
            int imageSize,
            int patch,
            int imageLayers,
            int imageWidth,
            int imageHeads,
            int contextLength,
            int textLayers,
            int textWidth,
            int textHeads,
            double mean,
            double deviation) {}

    /** The sentences that a name is put into: {@code main} for {@code mainShare} of the pairs, else one of the others. */
    public record Captions(String main, double mainShare, List<String> others) {}

    /**
     * How pictures are changed: most lightly, {@code strongShare} of them strongly.
     *
     * @param unmirrored words; a picture whose name has one is never mirrored
     */
    public record Pictures(Change light, Change strong, double strongShare, List<String> unmirrored) {}

    /**
     * The most that a picture is changed by.
     *
     * @param leastScale side of the window that is shown, as a share of the picture's; above 1 shows a margin
     * @param mostScale  likewise
     * @param rotation   in radians, either way
     * @param shift      of the window's centre, as a share of the picture's side, either way
     * @param colour     brightness, contrast and saturation are multiplied by 1 - colour to 1 + colour
     * @param greyscale  share of the pictures that lose their colour
     */
    public record Change(
            double leastScale, double mostScale, double rotation, double shift, double colour, double greyscale) {}

    /** The recipe of the bundled model. */
    public static Recipe bundled() {
        try (var stream = Recipe.class.getResourceAsStream("recipe.json")) {
            if (stream == null) {
                throw new IllegalStateException("The resource recipe.json is missing from the jar.");
            }
            return fromJson(stream.readAllBytes());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static Recipe fromJson(byte[] json) {
        return JsonMapper.shared().readValue(json, Recipe.class);
    }

    /** The settings as JSON, for the record beside the weights. */
    public String toJson() {
        return JsonMapper.shared().writerWithDefaultPrettyPrinter().writeValueAsString(this);
    }

    /** The same recipe with another seed and precision. */
    public Recipe with(long otherSeed, String otherPrecision) {
        return copy(otherSeed, steps, warmupSteps, otherPrecision);
    }

    /** The same recipe spread over another number of steps. */
    public Recipe withSteps(int count) {
        return copy(seed, count, Math.min(warmupSteps, Math.max(1, count / 10)), precision);
    }

    private Recipe copy(long otherSeed, int otherSteps, int otherWarmupSteps, String otherPrecision) {
        return new Recipe(
                otherSeed,
                otherSteps,
                batch,
                otherWarmupSteps,
                matrixRate,
                otherRate,
                momentum,
                beta1,
                beta2,
                weightDecay,
                averageDecay,
                otherPrecision,
                model,
                captions,
                pictures);
    }

    /** What the learning rates are multiplied by in a step: a linear rise, then a cosine to zero. */
    double rateFactor(int step) {
        if (step < warmupSteps) {
            return (step + 1.0) / (warmupSteps + 1);
        }
        return 0.5 * (1 + Math.cos(Math.PI * (step - warmupSteps) / Math.max(1, steps - warmupSteps)));
    }
}
