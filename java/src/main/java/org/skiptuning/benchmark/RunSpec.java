package org.skiptuning.benchmark;

import java.util.Locale;
import org.skiptuning.TrainingSettings;

/**
 * One training run of a protocol; a function of this, the model and the data.
 *
 * @param purpose what is looked at afterwards
 * @param rateFactor that the recipe's learning rates are multiplied by
 * @param settings with it
 */
public record RunSpec(Purpose purpose, double rateFactor, TrainingSettings settings) {
    /** What is looked at after a run. */
    public enum Purpose {
        /** Validation pictures of the trained classes alone, to choose a learning rate by. */
        CHOICE,
        /** Test pictures. */
        MEASUREMENT
    }

    /** Where its result lies below a protocol's folder. */
    String path() {
        var run = "%s/%d-shots/seed-%d".formatted(settings.method(), settings.shots(), settings.seed());
        return purpose == Purpose.CHOICE ? run + "/rate-" + factor() : run;
    }

    /** For people. */
    String title() {
        var run = "%s, %d shots, seed %d".formatted(settings.method().title(), settings.shots(), settings.seed());
        return purpose == Purpose.CHOICE ? run + ", rate × " + factor() : run;
    }

    private String factor() {
        return String.format(Locale.ROOT, "%s", rateFactor);
    }
}
