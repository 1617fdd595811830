package org.skiptuning.cli;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.skiptuning.BatchPolicy;
import org.skiptuning.ClassSubset;
import org.skiptuning.MaskPolicy;
import org.skiptuning.Method;
import org.skiptuning.Optimizer;
import org.skiptuning.PictureAugmentation;
import org.skiptuning.Presets;
import org.skiptuning.RateChange;
import org.skiptuning.SkipTuning;
import org.skiptuning.SkipTuningBuilder;
import org.skiptuning.SkipTuningException;
import org.skiptuning.StartLayer;
import org.skiptuning.TrainingSettings;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The hyper-parameters; what is not given comes from the preset and the schedule. */
final class TrainingOptions {
    static final String HEADING = "Training:";

    private static final String DEFAULT_SCHEDULE = "base-to-new";

    private static final Pattern LEADING_NAME = Pattern.compile("^(?:[a-z]+(?:[A-Z][a-z]*)*|Start layer)(?= is )");

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

    @Mixin
    private final OwnOptions own = new OwnOptions();

    @Option(
            names = "--settings",
            paramLabel = "FILE",
            description = "Settings as --print-config prints them, all or some; options given beside it overrule it.")
    private Optional<Path> file = Optional.empty();

    @Option(
            names = "--lskip",
            paramLabel = "ON|OFF",
            converter = Converters.SwitchConverter.class,
            description =
                    "Layer-wise skipping. off: skip trains every block; on: full and lora train the blocks that skip does."
                            + " Default: on with skip, else off.")
    private Optional<Converters.Switch> layerSkipping = Optional.empty();

    @Option(
            names = "--cskip",
            paramLabel = "ON|OFF",
            converter = Converters.SwitchConverter.class,
            description =
                    "Class-wise skipping. off: skip trains against all classes; on: full and lora train against those that"
                            + " skip does. Default: on with skip, else off.")
    private Optional<Converters.Switch> classSkipping = Optional.empty();

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
            names = "--preset",
            completionCandidates = Candidates.Presets.class,
            paramLabel = "NAME",
            description =
                    "paper (ω 9, r 0.05) and reference, the public implementation's defaults (ω 6, r 0.5, at most 50), of skip; or bundled, what suits the bundled model, of every method. Default: paper with skip, else none.")
    private Optional<String> preset = Optional.empty();

    @Option(
            names = "--schedule",
            completionCandidates = Candidates.Schedules.class,
            paramLabel = "NAME",
            description =
                    "The method's published rates, epochs, warm-up and batch in a protocol: base-to-new, cross-dataset, domain, few-shot. Default: base-to-new.")
    private Optional<String> schedule = Optional.empty();

    @Option(
            names = "--start-layer",
            paramLabel = "W",
            converter = Converters.StartLayersConverter.class,
            description =
                    "Blocks that stay frozen (ω): a count, a share of the depth such as 0.75, or IMAGE,TEXT for the two towers.")
    private Optional<Converters.StartLayers> startLayer = Optional.empty();

    @Option(
            names = "--top-ratio",
            paramLabel = "R",
            description = "Share of the classes surely kept in a step (r), up to 1; above 1 a number of classes.")
    private Optional<Double> topRatio = Optional.empty();

    @Option(
            names = "--lambda",
            paramLabel = "L",
            description = "Scale of the exponential tail by which other classes stay (λ); 0 drops them all.")
    private Optional<Double> lambda = Optional.empty();

    @Option(names = "--max-classes", paramLabel = "N", description = "Cap on the surely kept classes; 0 has none.")
    private Optional<Integer> maxClasses = Optional.empty();

    @Option(
            names = "--mask",
            paramLabel = "WHEN",
            converter = Converters.MaskConverter.class,
            description = "Draw the tail once a run, or afresh each step: run, step.")
    private Optional<MaskPolicy> mask = Optional.empty();

    @Option(names = "--epochs", paramLabel = "E", description = "Passes over the training pictures.")
    private Optional<Integer> epochs = Optional.empty();

    @Option(
            names = "--steps-per-shot",
            paramLabel = "S",
            description = "Steps for each shot, in place of --epochs; 0 has none.")
    private Optional<Integer> stepsPerShot = Optional.empty();

    @Option(names = "--batch-size", paramLabel = "B", description = "Pictures a step.")
    private Optional<Integer> batchSize = Optional.empty();

    @Option(
            names = "--batches",
            paramLabel = "HOW",
            converter = Converters.BatchesConverter.class,
            description =
                    "one-class (from 4 shots on), shuffled, or shuffled-whole: with what is left for a last batch.")
    private Optional<BatchPolicy> batches = Optional.empty();

    @Option(
            names = "--lr",
            paramLabel = "X",
            description = "Peak learning rate of the text tower and all outside the image tower.")
    private Optional<Double> learningRate = Optional.empty();

    @Option(
            names = "--image-lr",
            paramLabel = "X",
            description =
                    "Peak learning rate of the image tower; with dept that of the head. Default: the schedule's; with full that of --lr.")
    private Optional<Double> imageLearningRate = Optional.empty();

    @Option(
            names = "--optimizer",
            paramLabel = "NAME",
            converter = Converters.OptimizerConverter.class,
            description = "sgd, adam or adamw. Default: the method's.")
    private Optional<Optimizer> optimizer = Optional.empty();

    @Option(names = "--momentum", paramLabel = "X", description = "Momentum of SGD. Default: 0.9.")
    private Optional<Double> momentum = Optional.empty();

    @Option(
            names = "--weight-decay",
            paramLabel = "X",
            description = "On everything trained. Default: the method's, mostly 5e-4.")
    private Optional<Double> weightDecay = Optional.empty();

    @Option(names = "--epsilon", paramLabel = "X", description = "Of Adam's denominator.")
    private Optional<Double> epsilon = Optional.empty();

    @Option(
            names = "--rate-every",
            paramLabel = "WHEN",
            converter = Converters.RateConverter.class,
            description = "Let the rates follow their cosine each epoch or each step: epoch, step.")
    private Optional<RateChange> rateEvery = Optional.empty();

    @Option(names = "--final-lr", paramLabel = "X", description = "Where the rates' cosine ends.")
    private Optional<Double> finalLearningRate = Optional.empty();

    @Option(names = "--warmup-epochs", paramLabel = "N", description = "First epochs at the warm-up rate.")
    private Optional<Integer> warmupEpochs = Optional.empty();

    @Option(names = "--warmup-lr", paramLabel = "X", description = "Constant rate during warm-up.")
    private Optional<Double> warmupLearningRate = Optional.empty();

    @Option(
            names = "--augment",
            paramLabel = "HOW",
            converter = Converters.AugmentationConverter.class,
            description =
                    "none, or crop-flip: random resized crops and flips, drawn afresh each epoch. Default: crop-flip.")
    private Optional<PictureAugmentation> augmentation = Optional.empty();

    @Option(
            names = "--crop-scale",
            paramLabel = "S",
            description = "Least share of a picture's area in a random crop. Default: the method's, mostly 0.08.")
    private Optional<Double> cropScale = Optional.empty();

    @Option(
            names = "--views",
            paramLabel = "V",
            description =
                    "Augmented views of each picture that the epochs take turns with; each goes through the frozen blocks once. 0 draws every epoch afresh. Default: 0.")
    private Optional<Integer> views = Optional.empty();

    @Option(
            names = "--templates",
            completionCandidates = Candidates.Templates.class,
            paramLabel = "T",
            description =
                    "Prompts: skip-tuning, coop, or a text with {} for the class name. Default: the method's; with the bundled model its own.")
    private Optional<String> templates = Optional.empty();

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
        refuseContradictions(chosen);
        read.ifPresent(settings -> refuseBeside(settings, chosen));
        try {
            SkipTuningBuilder builder = SkipTuning.builder(chosen);
            shots.or(() -> read.flatMap(SettingsFile::shots)).ifPresent(builder::shots);
            if (preset.isPresent()) {
                builder.preset(choose("preset", preset.get(), Presets.names()));
            }
            if (schedule.isPresent() || !preset.equals(Optional.of("bundled"))) {
                String name = schedule.map(given -> choose("schedule", given, Presets.schedules()))
                        .orElse(DEFAULT_SCHEDULE);
                builder.schedule(name, dataset.orElse(""));
            }
            read.ifPresent(settings -> settings.applyTo(builder));
            apply(builder, chosen);
            if (bundled) {
                builder.wordsOfBundledModel(namesGiven(read));
            }
            common.givenPrecision().ifPresent(builder::precision);
            common.givenSeed().ifPresent(builder::seed);
            TrainingSettings settings = builder.settings();
            refuseContradictions(settings);
            return settings;
        } catch (IllegalArgumentException outOfRange) {
            throw new SkipTuningException(asOption(String.valueOf(outOfRange.getMessage())), outOfRange);
        }
    }

    /** Settings that the user gave a value of. */
    private Set<String> namesGiven(Optional<SettingsFile> read) {
        var names = new TreeSet<>(own.values().keySet());
        read.ifPresent(settings -> names.addAll(settings.names()));
        templates.ifPresent(text -> names.add("templates"));
        return names;
    }

    /** A whole file would overrule all of them without a word. */
    private void refuseBeside(SettingsFile settings, Method chosen) {
        if (settings.isWhole(chosen)) {
            contradict("--preset", preset, "--settings, which has all settings", file);
            contradict("--schedule", schedule, "--settings, which has all settings", file);
        }
    }

    private static Method agreed(Method ofFile, Optional<Method> given) {
        if (given.isPresent() && !given.get().equals(ofFile)) {
            throw new UsageException("--method " + given.get() + " contradicts the file of --settings, which is for "
                    + ofFile + ": leave one of them out");
        }
        return ofFile;
    }

    private void apply(SkipTuningBuilder builder, Method chosen) {
        classes.ifPresent(builder::classes);
        layerSkipping.ifPresent(wanted -> skipLayers(builder, wanted, chosen));
        classSkipping.ifPresent(wanted -> skipClasses(builder, wanted, chosen));
        startLayer.ifPresent(given ->
                builder.imageStartLayer(new StartLayer(given.image())).textStartLayer(new StartLayer(given.text())));
        topRatio.ifPresent(builder::topRatio);
        lambda.ifPresent(builder::lambda);
        maxClasses.ifPresent(builder::maxClasses);
        mask.ifPresent(builder::mask);
        if (epochs.isPresent()) {
            builder.epochs(epochs.get()).stepsPerShot(0);
        }
        stepsPerShot.ifPresent(builder::stepsPerShot);
        batchSize.ifPresent(builder::batchSize);
        batches.ifPresent(builder::batches);
        learningRate.ifPresent(builder::learningRate);
        imageLearningRate
                .or(() -> chosen.equals(Method.FULL) ? learningRate : Optional.empty())
                .ifPresent(builder::imageLearningRate);
        rateEvery.ifPresent(builder::rateEvery);
        finalLearningRate.ifPresent(builder::finalLearningRate);
        optimizer.ifPresent(builder::optimizer);
        momentum.ifPresent(builder::momentum);
        weightDecay.ifPresent(builder::weightDecay);
        epsilon.ifPresent(builder::epsilon);
        warmupEpochs.ifPresent(builder::warmupEpochs);
        warmupLearningRate.ifPresent(builder::warmupLearningRate);
        augmentation.ifPresent(builder::augmentation);
        cropScale.ifPresent(builder::cropScale);
        views.ifPresent(builder::views);
        templates.ifPresent(builder::templates);
        own.applyTo(builder);
    }

    private void skipLayers(SkipTuningBuilder builder, Converters.Switch wanted, Method chosen) {
        if (wanted == Converters.Switch.OFF) {
            builder.startLayer(0);
        } else if (!chosen.equals(Method.SKIP)) {
            var skip = skipTuning();
            builder.imageStartLayer(skip.imageStartLayer()).textStartLayer(skip.textStartLayer());
        }
    }

    private void skipClasses(SkipTuningBuilder builder, Converters.Switch wanted, Method chosen) {
        if (wanted == Converters.Switch.OFF) {
            builder.topRatio(1).maxClasses(0);
        } else if (!chosen.equals(Method.SKIP)) {
            var skip = skipTuning();
            builder.topRatio(skip.topRatio())
                    .maxClasses(skip.maxClasses())
                    .lambda(skip.lambda())
                    .mask(skip.mask());
        }
    }

    /** What it skips, by the preset that was chosen. */
    private TrainingSettings skipTuning() {
        var builder = SkipTuning.builder();
        preset.ifPresent(builder::preset);
        return builder.settings();
    }

    /** An option, and the setting that a method must have for it. */
    private record Given(String option, String setting, Optional<?> value) {}

    private List<Given> given() {
        return List.of(
                new Given("--start-layer", "image_start_layer", startLayer),
                new Given("--lskip", "image_start_layer", layerSkipping),
                new Given("--top-ratio", "top_ratio", topRatio),
                new Given("--cskip", "top_ratio", classSkipping),
                new Given("--lambda", "lambda", lambda),
                new Given("--max-classes", "max_classes", maxClasses),
                new Given("--mask", "mask", mask),
                new Given("--epochs", "epochs", epochs),
                new Given("--steps-per-shot", "steps_per_shot", stepsPerShot),
                new Given("--batch-size", "batch_size", batchSize),
                new Given("--batches", "batches", batches),
                new Given("--lr", "learning_rate", learningRate),
                new Given("--image-lr", "image_learning_rate", imageLearningRate),
                new Given("--rate-every", "rate_every", rateEvery),
                new Given("--final-lr", "final_learning_rate", finalLearningRate),
                new Given("--optimizer", "optimizer", optimizer),
                new Given("--momentum", "momentum", momentum),
                new Given("--weight-decay", "weight_decay", weightDecay),
                new Given("--epsilon", "epsilon", epsilon),
                new Given("--warmup-epochs", "warmup_epochs", warmupEpochs),
                new Given("--warmup-lr", "warmup_learning_rate", warmupLearningRate),
                new Given("--augment", "augmentation", augmentation),
                new Given("--crop-scale", "crop_scale", cropScale),
                new Given("--views", "views", views),
                new Given("--templates", "templates", templates));
    }

    private void refuseContradictions(Method chosen) {
        if (classes.equals(Optional.of(ClassSubset.NEW))) {
            throw new UsageException(
                    "--classes new would train on the classes that are kept to measure on: use all or base");
        }
        List<String> refused = given().stream()
                .filter(given -> given.value().isPresent() && !chosen.takes(given.setting()))
                .map(Given::option)
                .toList();
        if (!refused.isEmpty()) {
            throw new UsageException("--method " + chosen + " has no use for " + String.join(", ", refused) + ": leave "
                    + (refused.size() == 1 ? "it" : "them") + " out");
        }
        if (preset.isPresent()
                && !preset.get().equals("bundled")
                && Presets.names().contains(preset.get())
                && !chosen.equals(Method.SKIP)) {
            throw new UsageException("--preset " + preset.get() + " is Skip Tuning's, which contradicts --method "
                    + chosen + ": use --preset bundled, or none");
        }
        own.check(chosen, name -> optionOf(chosen, name));
        contradict("--epochs", epochs, "--steps-per-shot", stepsPerShot);
        contradict("--start-layer", startLayer, "--lskip off", layerSkipping.filter(Converters.Switch.OFF::equals));
        Optional<?> allClasses = classSkipping.filter(Converters.Switch.OFF::equals);
        contradict("--top-ratio", topRatio, "--cskip off", allClasses);
        contradict("--lambda", lambda, "--cskip off", allClasses);
        contradict("--max-classes", maxClasses, "--cskip off", allClasses);
        contradict("--mask", mask, "--cskip off", allClasses);
        if (warmupLearningRate.isPresent() && warmupEpochs.equals(Optional.of(0))) {
            throw new UsageException("--warmup-lr contradicts --warmup-epochs 0: leave one of them out");
        }
    }

    /** The option of a setting that all methods have, by the name of either; empty where this one has no use for it. */
    private String optionOf(Method chosen, String name) {
        return given().stream()
                .filter(given -> given.setting().equals(name) || given.option().equals("--" + name.replace('_', '-')))
                .filter(given -> chosen.takes(given.setting()))
                .findFirst()
                .map(Given::option)
                .orElse("");
    }

    private static void contradict(String one, Optional<?> first, String other, Optional<?> second) {
        if (first.isPresent() && second.isPresent()) {
            throw new UsageException(one + " contradicts " + other + ": leave one of them out");
        }
    }

    private void refuseContradictions(TrainingSettings settings) {
        if (settings.optimizer() != Optimizer.SGD && momentum.isPresent()) {
            throw new UsageException("--momentum is SGD's, which contradicts the optimizer " + settings.optimizer()
                    + (optimizer.isPresent() ? "" : " of " + source(settings)) + ": leave one of them out");
        }
        if (settings.optimizer() == Optimizer.SGD && epsilon.isPresent()) {
            throw new UsageException("--epsilon is Adam's, which contradicts the optimizer sgd: leave one of them out");
        }
        if (cropScale.isPresent() && settings.augmentation() == PictureAugmentation.NONE) {
            throw new UsageException("--crop-scale contradicts "
                    + (augmentation.isPresent() ? "--augment none" : "augmentation none of " + source(settings))
                    + ": without augmentation nothing is cropped; --augment crop-flip does");
        }
        if (views.orElse(0) > 0 && settings.augmentation() == PictureAugmentation.NONE) {
            throw new UsageException("--views contradicts "
                    + (augmentation.isPresent() ? "--augment none" : "augmentation none of " + source(settings))
                    + ": without augmentation a picture has one view; --augment crop-flip has more");
        }
    }

    private String source(TrainingSettings settings) {
        return preset.isPresent()
                ? "--preset " + preset.get()
                : file.isPresent() ? "--settings" : "--method " + settings.method();
    }

    /** Whether neither the rates nor a preset or schedule were chosen. */
    boolean hasPublishedRates() {
        return preset.isEmpty()
                && schedule.isEmpty()
                && file.isEmpty()
                && learningRate.isEmpty()
                && imageLearningRate.isEmpty();
    }

    Optional<Path> settingsFile() {
        return file;
    }

    private static String choose(String what, String given, List<String> known) {
        if (!known.contains(given)) {
            throw new UsageException(Converters.unknown(what, given, known));
        }
        return given;
    }

    /** The library names the setting, the user knows the option: {@code batchSize is 0} becomes {@code --batch-size is 0}. */
    static String asOption(String message) {
        return LEADING_NAME.matcher(message).replaceFirst(found -> "--" + optionName(found));
    }

    private static String optionName(MatchResult found) {
        return switch (found.group()) {
            case "learningRate" -> "lr";
            case "imageLearningRate" -> "image-lr";
            case "warmupLearningRate" -> "warmup-lr";
            case "finalLearningRate" -> "final-lr";
            case "Start layer" -> "start-layer";
            default -> found.group().replaceAll("([A-Z])", "-$1").toLowerCase(java.util.Locale.ROOT);
        };
    }
}
