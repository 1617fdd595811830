package org.skiptuning;

import java.nio.file.Path;
import java.util.List;

/**
 * What one step did.
 *
 * @param epoch counted from 0
 * @param step counted from 0 over the whole run
 * @param totalSteps steps of the whole run
 * @param loss mean cross entropy of the batch, a 32-bit float
 * @param rates learning rates of this step
 * @param classes kept class indices, ascending
 * @param images the batch's pictures, in order
 */
public record StepMetrics(
        int epoch,
        long step,
        long totalSteps,
        float loss,
        LearningRates rates,
        List<Integer> classes,
        List<Path> images) {
    public StepMetrics {
        classes = List.copyOf(classes);
        images = List.copyOf(images);
    }
}
