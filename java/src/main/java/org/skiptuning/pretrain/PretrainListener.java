package org.skiptuning.pretrain;

/** Hears of a pre-training run, on its own thread. */
public interface PretrainListener {
    /**
     * @param step  steps done
     * @param steps in all
     * @param loss  of the last one
     */
    default void onStep(int step, int steps, double loss) {}

    /**
     * @param accuracy        percent on the validation style, with the weights as they are
     * @param averageAccuracy the same with their moving average
     */
    default void onProbe(int step, double accuracy, double averageAccuracy) {}
}
