package org.skiptuning.benchmark.job;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.skiptuning.FeatureLayout;
import org.skiptuning.Method;
import org.skiptuning.TrainingSettings;

/**
 * One run of a protocol: a function of this alone.
 *
 * @param task what it is part of, such as the name of the data set; a part of the folder's name
 * @param purpose what it is for
 * @param training the data set that is trained on; its shots and half are in the settings
 * @param settings with the factor; of a run without training empty
 * @param rateFactor that the recipe's learning rates were multiplied by
 * @param variant tells settings of one method apart that a study varies, such as {@code start-layer-6}; else empty
 * @param templates prompts of a run without training
 * @param fingerprints of the data sets, by name; of an extraction what its features hang on
 * @param part of an extraction: the rows that it computes
 */
public record Job(
        String task,
        Purpose purpose,
        ModelReference model,
        DataReference training,
        Optional<TrainingSettings> settings,
        double rateFactor,
        String variant,
        String templates,
        List<Target> targets,
        Map<String, String> fingerprints,
        Surroundings surroundings,
        Optional<FeatureLayout.Part> part) {
    /** What is looked at after a run. */
    public enum Purpose {
        /** The untouched model. */
        ZERO_SHOT,
        /** Validation pictures of the trained classes alone, to choose a learning rate by. */
        CHOICE,
        /** Test pictures. */
        MEASUREMENT,
        /** None: pictures' features go to a file. */
        EXTRACTION
    }

    public Job {
        Stream.of(task, purpose, model, training, settings, variant, templates, surroundings, part)
                .forEach(Objects::requireNonNull);
        targets = List.copyOf(targets);
        fingerprints = Map.copyOf(fingerprints);
        if (settings.isEmpty() != (purpose == Purpose.ZERO_SHOT)
                || part.isPresent() != (purpose == Purpose.EXTRACTION)) {
            throw new IllegalArgumentException("a job trains, or is for zero-shot; a part is for an extraction");
        }
    }

    /** The same elsewhere. */
    public Job at(Surroundings other) {
        return new Job(
                task,
                purpose,
                model,
                training,
                settings,
                rateFactor,
                variant,
                templates,
                targets,
                fingerprints,
                other,
                part);
    }

    /**
     * One that computes features for later runs.
     *
     * @param layout what the folder holds
     * @param settings of a run that would take them
     */
    public static Job extraction(
            ModelReference model,
            DataReference training,
            FeatureLayout layout,
            TrainingSettings settings,
            Surroundings surroundings,
            FeatureLayout.Part part) {
        return new Job(
                training.name(),
                Purpose.EXTRACTION,
                model,
                training,
                Optional.of(settings),
                1,
                "",
                "",
                List.of(),
                layout.identity(),
                surroundings,
                Optional.of(part));
    }

    /** Where its files lie below a sweep's folder. */
    public String folder() {
        if (settings.isEmpty()) {
            return task + "/zero-shot";
        }
        if (part.isPresent()) {
            return "jobs/" + part.get().name();
        }
        var run = settings.get();
        var folder =
                task + "/" + entrantFolder(run.method(), variant) + "/" + run.shots() + "-shots/seed-" + run.seed();
        return run.method().takes("learning_rate") ? folder + "/rate-" + number(rateFactor) : folder;
    }

    /** What a method's folder, or that of a variant of it, is called. */
    public static String entrantFolder(Method method, String variant) {
        return variant.isEmpty() ? method.toString() : method + "-" + variant;
    }

    /** The name of its result in that folder. */
    public String resultFile() {
        return file("result.json").replace("choice-result", "choice");
    }

    /** Of a choice beside that of the measurement with the same settings, in one folder. */
    String file(String name) {
        return purpose == Purpose.CHOICE ? "choice-" + name : name;
    }

    /** A number as names of files have it. */
    static String number(double value) {
        return value == Math.rint(value) ? Long.toString((long) value) : Double.toString(value);
    }

    /** For people. */
    public String title() {
        if (settings.isEmpty()) {
            return task + ": zero-shot";
        }
        if (part.isPresent()) {
            var first = part.get().firstRow();
            return task + ": rows " + first + " to " + (first + part.get().rows() - 1);
        }
        var run = settings.get();
        var title = "%s: %s%s, %d %s, seed %d"
                .formatted(
                        task,
                        run.method().title(),
                        variant.isEmpty() ? "" : " (" + variant + ")",
                        run.shots(),
                        run.shots() == 1 ? "shot" : "shots",
                        run.seed());
        return purpose == Purpose.CHOICE ? title + ", rate × " + number(rateFactor) : title;
    }
}
