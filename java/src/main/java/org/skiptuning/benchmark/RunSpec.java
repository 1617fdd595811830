package org.skiptuning.benchmark;

import org.skiptuning.Method;
import org.skiptuning.TrainingSettings;
import org.skiptuning.report.Prose;

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
    String file() {
        return folder(settings.method(), settings.shots(), settings.seed(), rateFactor)
                + (purpose == Purpose.CHOICE ? "/choice.json" : "/result.json");
    }

    /** The folder of a run, below a protocol's. */
    static String folder(Method method, int shots, long seed, double rateFactor) {
        var run = folder(method, shots) + "/seed-" + seed;
        return method.takes("learning_rate") ? run + "/rate-" + number(rateFactor) : run;
    }

    /** The folder of all runs of a row, below a protocol's. */
    static String folder(Method method, int shots) {
        return method + "/" + shots + "-shots";
    }

    /** As names of files have it. */
    static String number(double value) {
        return value == Math.rint(value) ? Long.toString((long) value) : Double.toString(value);
    }

    /** For people. */
    String title() {
        var run = "%s, %d %s, seed %d"
                .formatted(
                        settings.method().title(),
                        settings.shots(),
                        settings.shots() == 1 ? "shot" : "shots",
                        settings.seed());
        return purpose == Purpose.CHOICE ? run + ", rate × " + Prose.number(rateFactor) : run;
    }
}
