package org.skiptuning.cli;

import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.skiptuning.MaskPolicy;
import org.skiptuning.Method;
import org.skiptuning.SkipTuningBuilder;
import org.skiptuning.StartLayer;
import org.skiptuning.TrainingSettings;
import picocli.CommandLine.Option;

/** Layer-wise and class-wise skipping. */
final class SkippingOptions {
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
            names = "--start-layer",
            paramLabel = "W",
            converter = Converters.StartLayersConverter.class,
            description =
                    "Blocks that stay frozen (ω): a count, a share of the depth such as 0.75, IMAGE,TEXT for the two towers, or"
                            + " auto: by an epoch of full fine-tuning (see analyze).")
    private Optional<Converters.StartLayers> startLayer = Optional.empty();

    @Option(
            names = "--top-ratio",
            paramLabel = "R",
            converter = Converters.TopRatioConverter.class,
            description =
                    "Share of the classes surely kept in a step (r), up to 1; above 1 a number of classes; auto chooses"
                            + " it with λ by the gradients (see analyze).")
    private Optional<Converters.TopRatio> topRatio = Optional.empty();

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

    /**
     * In the order in which they apply.
     *
     * @param skip Skip Tuning's own settings, which the other methods take with {@code on}
     */
    List<GivenOption<?>> given(Supplier<TrainingSettings> skip) {
        return List.of(
                new GivenOption<>(
                        "--lskip",
                        "image_start_layer",
                        layerSkipping,
                        (builder, wanted) -> skipLayers(builder, wanted, skip)),
                new GivenOption<>(
                        "--cskip", "top_ratio", classSkipping, (builder, wanted) -> skipClasses(builder, wanted, skip)),
                new GivenOption<>("--start-layer", "image_start_layer", startLayer, SkippingOptions::startAt),
                new GivenOption<>(
                        "--top-ratio",
                        "top_ratio",
                        topRatio,
                        (builder, ratio) -> ratio.value().ifPresent(builder::topRatio)),
                new GivenOption<>("--lambda", "lambda", lambda, SkipTuningBuilder::lambda),
                new GivenOption<>("--max-classes", "max_classes", maxClasses, SkipTuningBuilder::maxClasses),
                new GivenOption<>("--mask", "mask", mask, SkipTuningBuilder::mask));
    }

    private static void startAt(SkipTuningBuilder builder, Converters.StartLayers layers) {
        if (!layers.isAutomatic()) {
            builder.imageStartLayer(new StartLayer(layers.image())).textStartLayer(new StartLayer(layers.text()));
        }
    }

    private static void skipLayers(
            SkipTuningBuilder builder, Converters.Switch wanted, Supplier<TrainingSettings> skip) {
        if (wanted == Converters.Switch.OFF) {
            builder.startLayer(0);
        } else if (!builder.settings().method().equals(Method.SKIP)) {
            builder.imageStartLayer(skip.get().imageStartLayer())
                    .textStartLayer(skip.get().textStartLayer());
        }
    }

    private static void skipClasses(
            SkipTuningBuilder builder, Converters.Switch wanted, Supplier<TrainingSettings> skip) {
        if (wanted == Converters.Switch.OFF) {
            builder.topRatio(1).maxClasses(0);
        } else if (!builder.settings().method().equals(Method.SKIP)) {
            var own = skip.get();
            builder.topRatio(own.topRatio())
                    .maxClasses(own.maxClasses())
                    .lambda(own.lambda())
                    .mask(own.mask());
        }
    }

    /** @throws UsageException naming two that exclude each other */
    void refuseContradictions() {
        GivenOption.contradict(
                "--lambda", lambda, "--top-ratio auto", topRatio.filter(Converters.TopRatio::isAutomatic));
        GivenOption.contradict(
                "--start-layer", startLayer, "--lskip off", layerSkipping.filter(Converters.Switch.OFF::equals));
        Optional<?> allClasses = classSkipping.filter(Converters.Switch.OFF::equals);
        GivenOption.contradict("--top-ratio", topRatio, "--cskip off", allClasses);
        GivenOption.contradict("--lambda", lambda, "--cskip off", allClasses);
        GivenOption.contradict("--max-classes", maxClasses, "--cskip off", allClasses);
        GivenOption.contradict("--mask", mask, "--cskip off", allClasses);
    }

    boolean skipsLayers() {
        return layerSkipping.equals(Optional.of(Converters.Switch.ON));
    }

    boolean skipsClasses() {
        return classSkipping.equals(Optional.of(Converters.Switch.ON));
    }

    boolean choosesStartLayers() {
        return startLayer.filter(Converters.StartLayers::isAutomatic).isPresent();
    }

    boolean choosesTopRatio() {
        return topRatio.filter(Converters.TopRatio::isAutomatic).isPresent();
    }
}
