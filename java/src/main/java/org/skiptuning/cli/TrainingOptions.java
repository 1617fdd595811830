package org.skiptuning.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.skiptuning.ClassSubset;
import org.skiptuning.MaskPolicy;
import org.skiptuning.Method;
import org.skiptuning.Optimizer;
import org.skiptuning.PictureAugmentation;
import org.skiptuning.Presets;
import org.skiptuning.SkipTuning;
import org.skiptuning.SkipTuningBuilder;
import org.skiptuning.SkipTuningException;
import org.skiptuning.StartLayer;
import org.skiptuning.TrainingSettings;
import picocli.CommandLine.Option;

/** The hyper-parameters; what is not given comes from the preset and the schedule. */
final class TrainingOptions {
    static final String HEADING = "Training:";

    private static final String DEFAULT_SCHEDULE = "base-to-new";

    /** Of {@code --method skip}. */
    private static final List<String> PRESETS = List.of("paper", "reference", "bundled");

    private static final Pattern LEADING_NAME = Pattern.compile("^(?:[a-z]+(?:[A-Z][a-z]*)*|Start layer)(?= is )");

    @Option(
            names = "--method",
            paramLabel = "METHOD",
            converter = Converters.MethodConverter.class,
            description =
                    "skip: the last blocks, against the classes that matter. full: every block, against all classes. Default: skip.")
    private Method method = Method.SKIP;

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
                    "paper (ω 9, r 0.05); reference, the public implementation's defaults (ω 6, r 0.5, at most 50); or bundled, all that the demo trains the bundled model with. Default: paper.")
    private Optional<String> preset = Optional.empty();

    @Option(
            names = "--schedule",
            completionCandidates = Candidates.Schedules.class,
            paramLabel = "NAME",
            description =
                    "Published rates, epochs, warm-up and batch of a protocol: base-to-new, cross-dataset, domain, few-shot. Default: base-to-new.")
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

    @Option(names = "--batch-size", paramLabel = "B", description = "Pictures a step.")
    private Optional<Integer> batchSize = Optional.empty();

    @Option(
            names = "--lr",
            paramLabel = "X",
            description = "Peak learning rate of the text tower and all outside the image tower.")
    private Optional<Double> learningRate = Optional.empty();

    @Option(
            names = "--image-lr",
            paramLabel = "X",
            description =
                    "Peak learning rate of the image tower. Default: the schedule's; with --method full that of --lr.")
    private Optional<Double> imageLearningRate = Optional.empty();

    @Option(
            names = "--optimizer",
            paramLabel = "NAME",
            converter = Converters.OptimizerConverter.class,
            description = "sgd or adamw. Default: sgd.")
    private Optional<Optimizer> optimizer = Optional.empty();

    @Option(names = "--momentum", paramLabel = "X", description = "Momentum of SGD. Default: 0.9.")
    private Optional<Double> momentum = Optional.empty();

    @Option(names = "--weight-decay", paramLabel = "X", description = "On everything trained. Default: 5e-4.")
    private Optional<Double> weightDecay = Optional.empty();

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
                    "Prompts: skip-tuning, coop, or a text with {} for the class name. Default: skip-tuning; with the bundled model its own.")
    private Optional<String> templates = Optional.empty();

    /**
     * The settings of the run.
     *
     * @param usualTemplates where none were given
     * @param dataset name of the data set, for those on which the published schedules are shorter
     * @throws UsageException if options contradict each other
     * @throws SkipTuningException if a value is out of range
     */
    TrainingSettings settings(CommonOptions common, Optional<String> dataset, String usualTemplates) {
        refuseContradictions();
        try {
            SkipTuningBuilder builder = SkipTuning.builder();
            if (method == Method.FULL) {
                builder.preset("full");
            } else {
                preset.ifPresent(name -> builder.preset(choose("preset", name, PRESETS)));
            }
            schedule().ifPresent(name -> builder.schedule(name, dataset.orElse("")));
            shots.ifPresent(builder::shots);
            classes.ifPresent(builder::classes);
            startLayer.ifPresent(given -> builder.imageStartLayer(new StartLayer(given.image()))
                    .textStartLayer(new StartLayer(given.text())));
            topRatio.ifPresent(builder::topRatio);
            lambda.ifPresent(builder::lambda);
            maxClasses.ifPresent(builder::maxClasses);
            mask.ifPresent(builder::mask);
            epochs.ifPresent(builder::epochs);
            batchSize.ifPresent(builder::batchSize);
            learningRate.ifPresent(builder::learningRate);
            imageLearningRate
                    .or(() -> method == Method.FULL ? learningRate : Optional.empty())
                    .ifPresent(builder::imageLearningRate);
            optimizer.ifPresent(builder::optimizer);
            momentum.ifPresent(builder::momentum);
            weightDecay.ifPresent(builder::weightDecay);
            warmupEpochs.ifPresent(builder::warmupEpochs);
            warmupLearningRate.ifPresent(builder::warmupLearningRate);
            augmentation.ifPresent(builder::augmentation);
            views.ifPresent(builder::views);
            var settings = builder.method(method)
                    .templates(templates.orElse(usualTemplates))
                    .precision(common.precision())
                    .seed(common.seed())
                    .settings();
            refuseMomentumOfAdamW(settings);
            if (views.orElse(0) > 0 && settings.augmentation() == PictureAugmentation.NONE) {
                throw new UsageException(
                        "--views contradicts --augment none: without augmentation a picture has one view");
            }
            return settings;
        } catch (IllegalArgumentException outOfRange) {
            throw new SkipTuningException(asOption(String.valueOf(outOfRange.getMessage())), outOfRange);
        }
    }

    private void refuseContradictions() {
        if (classes.equals(Optional.of(ClassSubset.NEW))) {
            throw new UsageException(
                    "--classes new would train on the classes that are kept to measure on: use all or base");
        }
        if (method == Method.FULL) {
            var refused = new ArrayList<String>();
            preset.ifPresent(given -> refused.add("--preset"));
            startLayer.ifPresent(given -> refused.add("--start-layer"));
            topRatio.ifPresent(given -> refused.add("--top-ratio"));
            lambda.ifPresent(given -> refused.add("--lambda"));
            maxClasses.ifPresent(given -> refused.add("--max-classes"));
            mask.ifPresent(given -> refused.add("--mask"));
            if (!refused.isEmpty()) {
                throw new UsageException("--method full trains every block against all classes, which contradicts "
                        + String.join(", ", refused) + ": leave " + (refused.size() == 1 ? "it" : "them")
                        + " out, or use --method skip");
            }
        }
        if (warmupLearningRate.isPresent() && warmupEpochs.equals(Optional.of(0))) {
            throw new UsageException("--warmup-lr contradicts --warmup-epochs 0: leave one of them out");
        }
    }

    /** Whether neither the rates nor a preset or schedule were chosen. */
    boolean hasPublishedRates() {
        return preset.isEmpty() && schedule.isEmpty() && learningRate.isEmpty() && imageLearningRate.isEmpty();
    }

    private void refuseMomentumOfAdamW(TrainingSettings settings) {
        if (settings.optimizer() == Optimizer.ADAMW && momentum.isPresent()) {
            throw new UsageException("--momentum is SGD's, which contradicts the optimizer adamw"
                    + (optimizer.isPresent() ? "" : " of --preset bundled") + ": leave one of them out");
        }
    }

    /** What was asked for; else the published one, unless the method or the preset brings its own. */
    private Optional<String> schedule() {
        boolean own = method == Method.FULL || preset.equals(Optional.of("bundled"));
        return schedule.map(name -> choose("schedule", name, Presets.schedules()))
                .or(() -> own ? Optional.empty() : Optional.of(DEFAULT_SCHEDULE));
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
            case "Start layer" -> "start-layer";
            default -> found.group().replaceAll("([A-Z])", "-$1").toLowerCase(java.util.Locale.ROOT);
        };
    }
}
