package org.skiptuning.cli;

import java.util.List;
import java.util.Optional;
import org.skiptuning.BatchPolicy;
import org.skiptuning.Method;
import org.skiptuning.Optimizer;
import org.skiptuning.RateChange;
import org.skiptuning.SkipTuningBuilder;
import org.skiptuning.TrainingSettings;
import picocli.CommandLine.Option;

/** How long, in what batches, and how the optimizer goes. */
final class StepOptions {
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

    /** In the order in which they apply. */
    List<GivenOption<?>> given() {
        return List.of(
                new GivenOption<>(
                        "--epochs",
                        "epochs",
                        epochs,
                        (builder, count) -> builder.epochs(count).stepsPerShot(0)),
                new GivenOption<>("--steps-per-shot", "steps_per_shot", stepsPerShot, SkipTuningBuilder::stepsPerShot),
                new GivenOption<>("--batch-size", "batch_size", batchSize, SkipTuningBuilder::batchSize),
                new GivenOption<>("--batches", "batches", batches, SkipTuningBuilder::batches),
                new GivenOption<>("--lr", "learning_rate", learningRate, StepOptions::rate),
                new GivenOption<>(
                        "--image-lr", "image_learning_rate", imageLearningRate, SkipTuningBuilder::imageLearningRate),
                new GivenOption<>("--optimizer", "optimizer", optimizer, SkipTuningBuilder::optimizer),
                new GivenOption<>("--momentum", "momentum", momentum, SkipTuningBuilder::momentum),
                new GivenOption<>("--weight-decay", "weight_decay", weightDecay, SkipTuningBuilder::weightDecay),
                new GivenOption<>("--epsilon", "epsilon", epsilon, SkipTuningBuilder::epsilon),
                new GivenOption<>("--rate-every", "rate_every", rateEvery, SkipTuningBuilder::rateEvery),
                new GivenOption<>(
                        "--final-lr", "final_learning_rate", finalLearningRate, SkipTuningBuilder::finalLearningRate),
                new GivenOption<>("--warmup-epochs", "warmup_epochs", warmupEpochs, SkipTuningBuilder::warmupEpochs),
                new GivenOption<>(
                        "--warmup-lr",
                        "warmup_learning_rate",
                        warmupLearningRate,
                        SkipTuningBuilder::warmupLearningRate));
    }

    /** Full fine-tuning has one rate for both towers unless it is given two. */
    private static void rate(SkipTuningBuilder builder, double rate) {
        builder.learningRate(rate);
        if (builder.settings().method().equals(Method.FULL)) {
            builder.imageLearningRate(rate);
        }
    }

    /** @throws UsageException naming two that exclude each other */
    void refuseContradictions() {
        GivenOption.contradict("--epochs", epochs, "--steps-per-shot", stepsPerShot);
        if (warmupLearningRate.isPresent() && warmupEpochs.equals(Optional.of(0))) {
            throw new UsageException("--warmup-lr contradicts --warmup-epochs 0: leave one of them out");
        }
    }

    /**
     * @param source the option that another optimizer comes from
     * @throws UsageException naming an option that the optimizer has no use for
     */
    void refuseOtherOptimizers(TrainingSettings settings, String source) {
        if (settings.optimizer() != Optimizer.SGD && momentum.isPresent()) {
            throw new UsageException("--momentum is SGD's, which contradicts the optimizer " + settings.optimizer()
                    + (optimizer.isPresent() ? "" : " of " + source) + ": leave one of them out");
        }
        if (settings.optimizer() == Optimizer.SGD && epsilon.isPresent()) {
            throw new UsageException("--epsilon is Adam's, which contradicts the optimizer sgd: leave one of them out");
        }
    }

    boolean hasRates() {
        return learningRate.isPresent() || imageLearningRate.isPresent();
    }
}
