package org.skiptuning.checkpoint;

import java.util.List;

/**
 * What a checkpoint expects of its pictures. They are resized by Pillow's BICUBIC; checkpoints that ask for another way are
 * refused.
 *
 * @param size pixels of the square's side
 * @param mean of red, green and blue, each channel being scaled to 0..1 first
 * @param deviation what the difference from the mean is divided by
 */
public record Preprocessing(int size, List<Float> mean, List<Float> deviation, ResizeMode resizeMode) {
    private static final List<Float> OPENAI_MEAN = List.of(0.48145466f, 0.4578275f, 0.40821073f);
    private static final List<Float> OPENAI_DEVIATION = List.of(0.26862954f, 0.26130258f, 0.27577711f);

    /** Far beyond what any pictures need, and far within what fp32 can compute with. */
    private static final float LARGEST = 1000;

    /** @throws IllegalArgumentException if there aren't three means and three positive deviations, all of sensible sizes */
    public Preprocessing {
        mean = List.copyOf(mean);
        deviation = List.copyOf(deviation);
        if (size < 1 || mean.size() != 3 || deviation.size() != 3) {
            throw new IllegalArgumentException("Preprocessing needs a positive size, three means and three deviations");
        }
        if (!mean.stream().allMatch(value -> Math.abs(value) <= LARGEST)
                || !deviation.stream().allMatch(value -> value >= 1 / LARGEST && value <= LARGEST)) {
            throw new IllegalArgumentException("The means " + mean + " must be between -" + LARGEST + " and " + LARGEST
                    + ", and the deviations " + deviation + " between " + 1 / LARGEST + " and " + LARGEST);
        }
    }

    /** OpenAI's, which most CLIPs use. */
    public static Preprocessing openAi(int size) {
        return new Preprocessing(size, OPENAI_MEAN, OPENAI_DEVIATION, ResizeMode.SHORTEST);
    }
}
