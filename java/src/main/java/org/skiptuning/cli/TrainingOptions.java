package org.skiptuning.cli;

import java.nio.file.Path;
import java.util.Optional;
import org.skiptuning.ClassSubset;
import org.skiptuning.Method;
import org.skiptuning.SkipTuningException;
import org.skiptuning.TrainingSettings;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What one training run is: a method, its pictures and its settings. */
final class TrainingOptions {
    private static final String DEFAULT_SCHEDULE = "base-to-new";

    @Option(
            names = "--method",
            paramLabel = "METHOD",
            completionCandidates = Candidates.Methods.class,
            converter = Converters.MethodConverter.class,
            description = {
                "skip: the last blocks, against the classes that matter. full: every block. linear, lp++, clip-adapter,"
                        + " tip-adapter, tip-adapter-f: on features. coop, cocoop, kgcoop, prograd, maple, promptsrc, tcp,"
                        + " dept: trained prompts. lora: additions of low rank. `skip-tuning methods` tells more."
                        + " Default: skip."
            })
    private Optional<Method> method = Optional.empty();

    @Option(
            names = "--shots",
            paramLabel = "K",
            description = "Training pictures a class, drawn by --seed. Default: 0, all there are.")
    private Optional<Integer> shots = Optional.empty();

    @Option(
            names = "--classes",
            paramLabel = "HALF",
            converter = Converters.ClassSubsetConverter.class,
            description =
                    "all, or base: train on the first half of the classes, and measure both halves. Default: all.")
    private Optional<ClassSubset> classes = Optional.empty();

    @Option(
            names = "--settings",
            paramLabel = "FILE",
            description = "Settings as --print-config prints them, all or some; options given beside it overrule it.")
    private Optional<Path> file = Optional.empty();

    @Mixin
    private final SettingOptions options = new SettingOptions();

    /**
     * The settings of the run.
     *
     * @param bundled whether it trains the bundled model
     * @param dataset name of the data set, for those that recipes treat apart
     * @throws UsageException if options contradict each other
     * @throws SkipTuningException if a value is out of range
     */
    TrainingSettings settings(CommonOptions common, Optional<String> dataset, boolean bundled) {
        Optional<SettingsFile> read = file.map(SettingsFile::read);
        Method chosen = read.flatMap(SettingsFile::method)
                .map(ofFile -> agreed(ofFile, method))
                .or(() -> method)
                .orElse(Method.SKIP);
        if (classes.equals(Optional.of(ClassSubset.NEW))) {
            throw new UsageException(
                    "--classes new would train on the classes that are kept to measure on: use all or base");
        }
        options.check();
        options.checkFor(chosen);
        read.ifPresent(settings -> refuseBeside(settings, chosen));
        try {
            var occasion = new SettingOptions.Occasion(DEFAULT_SCHEDULE, Optional.empty(), dataset.orElse(""), bundled);
            var builder = options.ofOne(chosen, shots, read, occasion);
            classes.ifPresent(builder::classes);
            common.givenPrecision().ifPresent(builder::precision);
            common.givenSeed().ifPresent(builder::seed);
            TrainingSettings settings = builder.settings();
            options.refuseWithoutMeaning(settings, source(chosen));
            return settings;
        } catch (IllegalArgumentException outOfRange) {
            throw new SkipTuningException(SettingOptions.asOption(String.valueOf(outOfRange.getMessage())), outOfRange);
        }
    }

    private static Method agreed(Method ofFile, Optional<Method> given) {
        if (given.isPresent() && !given.get().equals(ofFile)) {
            throw new UsageException("--method " + given.get() + " contradicts the file of --settings, which is for "
                    + ofFile + ": leave one of them out");
        }
        return ofFile;
    }

    /** A whole file would overrule all of them without a word. */
    private void refuseBeside(SettingsFile settings, Method chosen) {
        if (settings.isWhole(chosen)) {
            GivenOption.contradict("--preset", options.preset(), "--settings, which has all settings", file);
            GivenOption.contradict("--schedule", options.schedule(), "--settings, which has all settings", file);
        }
    }

    /** The option that what was not given comes from. */
    private String source(Method chosen) {
        return options.preset()
                .map(name -> "--preset " + name)
                .orElse(file.isPresent() ? "--settings" : "--method " + chosen);
    }

    /** Whether neither the rates nor a preset or schedule were chosen. */
    boolean hasPublishedRates() {
        return file.isEmpty() && options.hasPublishedRates();
    }

    /** Whether analyses are to choose something before the training. */
    boolean isAutomatic() {
        return options.isAutomatic();
    }

    /** The settings with what analyses chose. */
    TrainingSettings chosen(TrainingSettings settings, AutomaticSkipping automatic, TrainingSettings full) {
        var skipping = options.skipping();
        TrainingSettings layers = skipping.choosesStartLayers() ? automatic.withStartLayers(settings, full) : settings;
        return skipping.choosesTopRatio() ? automatic.withTopRatio(layers) : layers;
    }

    Optional<Path> settingsFile() {
        return file;
    }
}
