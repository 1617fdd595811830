package org.skiptuning.cli;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
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
    private List<String> assignments = List.of();

    /** Read once: a file that somebody edits meanwhile changes nothing. */
    private Map<Method, SettingsFile> files = Map.of();

    /**
     * Says what is wrong with the options before any work is done, and reads the files.
     *
     * @param methods that take part
     */
    void check(List<Method> methods) {
        preset.ifPresent(given -> choose("preset", given, Presets.names()));
        schedule.ifPresent(given -> choose("schedule", given, Presets.schedules()));
        files = read(methods);
    }

    private Map<Method, SettingsFile> read(List<Method> methods) {
        var converter = new Converters.MethodConverter();
        var read = new LinkedHashMap<Method, SettingsFile>();
        for (String assignment : assignments) {
            int equals = assignment.indexOf('=');
            if (equals < 1) {
                throw new UsageException("--settings " + assignment + ": use METHOD=FILE");
            }
            Method method = converter.convert(assignment.substring(0, equals));
            SettingsFile file = SettingsFile.read(Path.of(assignment.substring(equals + 1)));
            Optional<Method> ofFile = file.method();
            if (ofFile.isPresent() && !ofFile.get().equals(method)) {
                throw new UsageException("--settings " + assignment + " holds settings of " + ofFile.get()
                        + ": name that method, or another file");
            }
            if (!methods.contains(method)) {
                throw new UsageException(
                        "--settings " + assignment + " is of no use: " + method + " is not among --methods");
            }
            if (read.put(method, file) != null) {
                throw new UsageException("--settings " + method + " is there twice: leave one of them out");
            }
        }
        return read;
    }

    List<Path> files() {
        return files.values().stream().map(SettingsFile::path).toList();
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
            Optional<SettingsFile> file = Optional.ofNullable(files.get(method));
            file.ifPresent(given -> given.applyTo(builder));
            if (bundledModel) {
                builder.wordsOfBundledModel(file.map(SettingsFile::names).orElse(Set.of()));
            }
            if (method.takes("batch_size")) {
                epochs.ifPresent(count -> builder.epochs(count).stepsPerShot(0));
            }
            requirePrecision(builder.settings(), common);
            return builder.precision(common.precision()).settings();
        } catch (IllegalArgumentException outOfRange) {
            throw new SkipTuningException(
                    TrainingOptions.asOption(String.valueOf(outOfRange.getMessage())), outOfRange);
        }
    }

    /** One for all methods of a comparison. */
    private void requirePrecision(TrainingSettings settings, CommonOptions common) {
        SettingsFile file = files.get(settings.method());
        if (file != null && file.names().contains("precision") && settings.precision() != common.precision()) {
            throw new UsageException("--settings " + file.path() + " holds the precision " + settings.precision()
                    + ": give --precision " + settings.precision() + " for all methods, or leave it out of the file");
        }
    }

    /** What all methods of a comparison share, by name. */
    Map<String, String> kind(boolean bundledModel) {
        var kind = new LinkedHashMap<String, String>();
        kind.put("preset", preset(bundledModel).orElse("paper"));
        kind.put("schedule", schedule.orElse("as the preset has"));
        kind.put("epochs", epochs.map(String::valueOf).orElse("as the recipes have"));
        return kind;
    }

    private Optional<String> preset(boolean bundledModel) {
        return preset.or(() -> bundledModel ? Optional.of(BUNDLED) : Optional.empty());
    }

    private static void choose(String what, String given, List<String> known) {
        if (!known.contains(given)) {
            throw new UsageException(Converters.unknown(what, given, known));
        }
    }
}
