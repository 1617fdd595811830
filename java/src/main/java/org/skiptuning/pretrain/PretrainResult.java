package org.skiptuning.pretrain;

import java.util.Map;

/**
 * What a run came to.
 *
 * @param steps    done in all, before and after any interruption
 * @param loss     mean over the last steps
 * @param seconds  of this part of the run
 * @param accuracy percent on the validation style's pictures, of the weights that were kept
 * @param averaged whether those are the moving average
 * @param tests    percent on each zero-shot test, of the same weights
 */
public record PretrainResult(
        int steps, double loss, double seconds, double accuracy, boolean averaged, Map<String, Double> tests) {}
