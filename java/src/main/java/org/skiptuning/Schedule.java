package org.skiptuning;

/**
 * Learning rates, as the public implementations set them: by epoch, counted from e = 0, during warm-up (e &lt; w) the
 * warm-up constant for every group, after it a cosine from the rate to the final one, at the share (e - w)/E of it with E
 * the epochs in all; or by step, counted and shared likewise.
 */
public final class Schedule {
    private Schedule() {}

    /**
     * The rates of one epoch, or where they change with each step those of its first one.
     *
     * @param epoch from 0 to the settings' epochs, exclusive
     */
    public static LearningRates rates(TrainingSettings settings, int epoch) {
        if (epoch < 0 || epoch >= settings.epochs()) {
            throw new IllegalArgumentException("epoch is " + epoch + ": use 0 to " + (settings.epochs() - 1));
        }
        return rates(settings, epoch, (double) (epoch - settings.warmupEpochs()) / settings.epochs());
    }

    /**
     * The rates of one step.
     *
     * @param epoch that it is part of
     * @param step of the whole run, from 0
     * @param stepsPerEpoch of each epoch but perhaps the last
     * @param totalSteps of the whole run
     */
    static LearningRates rates(TrainingSettings settings, int epoch, long step, long stepsPerEpoch, long totalSteps) {
        return settings.rateEvery() == RateChange.STEP
                ? rates(settings, epoch, (double) (step - settings.warmupEpochs() * stepsPerEpoch) / totalSteps)
                : rates(settings, epoch, (double) (epoch - settings.warmupEpochs()) / settings.epochs());
    }

    private static LearningRates rates(TrainingSettings settings, int epoch, double share) {
        if (epoch < settings.warmupEpochs()) {
            return new LearningRates(settings.warmupLearningRate(), settings.warmupLearningRate());
        }
        // StrictMath: the same rates, and so the same weights, on every JVM.
        var height = (1 + StrictMath.cos(Math.PI * share)) / 2;
        var image = settings.method().recipe().uses("image_learning_rate")
                ? settings.imageLearningRate()
                : settings.learningRate();
        return new LearningRates(
                between(settings.learningRate(), settings.finalLearningRate(), height),
                between(image, settings.finalLearningRate(), height));
    }

    private static double between(double first, double last, double height) {
        return last + (first - last) * height;
    }
}
