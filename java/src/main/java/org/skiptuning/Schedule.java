package org.skiptuning;

/**
 * Learning rates by epoch, as the public implementation of Skip Tuning sets them: counted from e = 0, during warm-up
 * (e &lt; w) the warm-up constant for every group, after it lr · (1 + cos(π(e - w)/E))/2 with E the epochs in all.
 */
public final class Schedule {
    private Schedule() {}

    /**
     * The rates of one epoch.
     *
     * @param epoch from 0 to the settings' epochs, exclusive
     */
    public static LearningRates rates(TrainingSettings settings, int epoch) {
        if (epoch < 0 || epoch >= settings.epochs()) {
            throw new IllegalArgumentException("epoch is " + epoch + ": use 0 to " + (settings.epochs() - 1));
        }
        if (epoch < settings.warmupEpochs()) {
            return new LearningRates(settings.warmupLearningRate(), settings.warmupLearningRate());
        }
        // StrictMath: the same rates, and so the same weights, on every JVM.
        var share = (1 + StrictMath.cos(Math.PI * (epoch - settings.warmupEpochs()) / settings.epochs())) / 2;
        return new LearningRates(settings.learningRate() * share, settings.imageLearningRate() * share);
    }
}
