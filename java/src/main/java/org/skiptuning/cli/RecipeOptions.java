package org.skiptuning.cli;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.skiptuning.Method;
import org.skiptuning.Presets;
import org.skiptuning.SkipTuning;
import org.skiptuning.SkipTuningBuilder;
import org.skiptuning.SkipTuningException;
import org.skiptuning.TrainingSettings;
import picocli.CommandLine.Option;

/** What the methods of a comparison are trained with. */
final class RecipeOptions {
    private static final String BUNDLED = "bundled";
    private static final String DEFAULT_SCHEDULE = "base-to-new";

    @Option(
            names = "--preset",
            completionCandidates = Candidates.Presets.class,
            paramLabel = "NAME",
            description =
                    "As train has it: bundled for every method, or paper or reference, which say something of skip"
                            + " alone. Default: bundled with the bundled model, else paper.")
    private Optional<String> preset = Optional.empty();

    @Option(
            names = "--schedule",
            completionCandidates = Candidates.Schedules.class,
            paramLabel = "NAME",
            description = "The protocol whose published rates, epochs and batches the methods take: base-to-new,"
                    + " cross-dataset, domain, few-shot. Default: base-to-new; --preset bundled has its own.")
    private Optional<String> schedule = Optional.empty();

    @Option(
            names = "--epochs",
            paramLabel = "E",
            description = "Of every method that takes steps over batches. Default: its recipe's.")
    private Optional<Integer> epochs = Optional.empty();

    @Option(
            names = "--settings",
            paramLabel = "METHOD=FILE",
            description =
                    "Settings of one method, all or some, as train --print-config prints them; again for each. Shots,"
                            + " seed and classes stay those of the comparison.")
    private Map<String, Path> files = new LinkedHashMap<>();

    /** Says what is wrong with the options before any work is done. */
    void check() {
        preset.ifPresent(given -> choose("preset", given, Presets.names()));
        schedule.ifPresent(given -> choose("schedule", given, Presets.schedules()));
        var converter = new Converters.MethodConverter();
        files.forEach((name, file) -> {
            Method method = converter.convert(name);
            Optional<Method> ofFile = SettingsFile.read(file).method();
            if (ofFile.isPresent() && !ofFile.get().equals(method)) {
                throw new UsageException("--settings " + name + "=" + file + " holds settings of " + ofFile.get()
                        + ": name that method, or another file");
            }
        });
    }

    List<Path> files() {
        return List.copyOf(files.values());
    }

    /**
     * A method's settings, but for seed, classes and what a comparison varies.
     *
     * @throws SkipTuningException if a value is out of range
     */
    TrainingSettings settings(
            Method method, int shots, CommonOptions common, Optional<String> dataset, boolean bundledModel) {
        try {
            SkipTuningBuilder builder = SkipTuning.builder(method).shots(shots);
            if (schedule.isEmpty()) {
                builder.schedule(DEFAULT_SCHEDULE, dataset.orElse(""));
            }
            preset(bundledModel)
                    .filter(name -> name.equals(BUNDLED) || method.equals(Method.SKIP))
                    .ifPresent(builder::preset);
            schedule.ifPresent(name -> builder.schedule(name, dataset.orElse("")));
            if (bundledModel) {
                builder.wordsOfBundledModel();
            }
            file(method).ifPresent(file -> file.applyTo(builder));
            if (method.takes("batch_size")) {
                epochs.ifPresent(count -> builder.epochs(count).stepsPerShot(0));
            }
            common.givenPrecision().ifPresent(builder::precision);
            return builder.settings();
        } catch (IllegalArgumentException outOfRange) {
            throw new SkipTuningException(
                    TrainingOptions.asOption(String.valueOf(outOfRange.getMessage())), outOfRange);
        }
    }

    /** What all methods of a comparison share, by name. */
    Map<String, String> kind(boolean bundledModel) {
        var kind = new LinkedHashMap<String, String>();
        kind.put("preset", preset(bundledModel).orElse("paper"));
        kind.put("schedule", schedule.orElse(DEFAULT_SCHEDULE));
        kind.put("epochs", epochs.map(String::valueOf).orElse("as the recipes have"));
        return kind;
    }

    private Optional<String> preset(boolean bundledModel) {
        return preset.or(() -> bundledModel ? Optional.of(BUNDLED) : Optional.empty());
    }

    private Optional<SettingsFile> file(Method method) {
        return files.entrySet().stream()
                .filter(entry -> entry.getKey().equalsIgnoreCase(method.toString()))
                .map(entry -> SettingsFile.read(entry.getValue()))
                .findFirst();
    }

    private static void choose(String what, String given, List<String> known) {
        if (!known.contains(given)) {
            throw new UsageException(Converters.unknown(what, given, known));
        }
    }
}
