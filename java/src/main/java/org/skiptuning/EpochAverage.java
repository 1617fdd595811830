package org.skiptuning;

import java.util.Optional;

/**
 * PromptSRC's mean of the prompts after each epoch (Khattak et al., ICCV 2023): weights of a bell over the epochs
 * e = 1..E, exp(-(e - mean)² / (2 deviation²)), whose sum is 1.
 */
final class EpochAverage {
    private final double mean;
    private final double deviation;
    private final int epochs;

    private EpochAverage(double mean, double deviation, int epochs) {
        this.mean = mean;
        this.deviation = deviation;
        this.epochs = epochs;
    }

    /** Nothing for a method that takes the last parameters, or is told to. */
    static Optional<EpochAverage> of(TrainingSettings settings, int epochs) {
        var deviation = settings.ownNumber("average_deviation", 0);
        return deviation > 0
                ? Optional.of(new EpochAverage(settings.ownNumber("average_mean", 0), deviation, epochs))
                : Optional.empty();
    }

    /** @param epoch from 0 */
    double weight(int epoch) {
        var sum = 0.0;
        for (var other = 0; other < epochs; other++) {
            sum += StrictMath.exp(exponent(other) - greatest());
        }
        return StrictMath.exp(exponent(epoch) - greatest()) / sum;
    }

    /** Of all epochs: a bell far off them all would have no height but for this. */
    private double greatest() {
        var greatest = Double.NEGATIVE_INFINITY;
        for (var epoch = 0; epoch < epochs; epoch++) {
            greatest = Math.max(greatest, exponent(epoch));
        }
        return greatest;
    }

    private double exponent(int epoch) {
        var distance = (epoch + 1 - mean) / deviation;
        return -distance * distance / 2;
    }
}
