package org.skiptuning.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;
import org.skiptuning.Clip;
import org.skiptuning.FeatureSensitivity;
import org.skiptuning.GradientDependence;
import org.skiptuning.SkipTuning;
import org.skiptuning.SkipTuningException;
import org.skiptuning.TrainingSettings;
import org.skiptuning.benchmark.report.SensitivityPlot;
import org.skiptuning.data.DataSet;
import org.skiptuning.data.TemplateSet;
import org.skiptuning.report.Figures;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code analyze}. */
@Command(
        name = "analyze",
        header = "Which blocks and classes matter: what to skip on a data set.",
        description = {
            "sensitivity: fine-tunes every block and shows how much each one's output changed; those that hardly did may be"
                    + " skipped (ω). gradients: how much of the loss's gradient reaches each class, by similarity; the others"
                    + " may be skipped (r, λ). flow: how many blocks and class tokens a step of each method passes, and what that"
                    + " costs, by formula; without data."
        },
        customSynopsis = "skip-tuning analyze sensitivity|gradients|flow [OPTIONS]",
        footer = {
            "  skip-tuning analyze sensitivity --data bundled --shots 8 --plot blocks.png",
            "  skip-tuning analyze sensitivity --data bundled --shots 8 --estimate",
            "  skip-tuning analyze gradients --data bundled --json -",
            "  skip-tuning analyze flow --arch ViT-L-14 --class-count 1000"
        })
final class AnalyzeCommand extends ToolCommand {
    private static final List<String> ANALYSES = List.of("sensitivity", "gradients", "flow");
    private static final int BAR = 40;

    @Parameters(paramLabel = "ANALYSIS", arity = "0..1", description = "sensitivity, gradients or flow.")
    private Optional<String> analysis = Optional.empty();

    @Option(
            names = "--shots",
            paramLabel = "K",
            description = "Training pictures a class, drawn by --seed. Default: 16; fewer where there are fewer.")
    private int shots = 16;

    @Option(
            names = "--epochs",
            paramLabel = "E",
            description = "Of sensitivity's training; one gives a quick estimate. Default: those of full fine-tuning.")
    private Optional<Integer> epochs = Optional.empty();

    @Option(
            names = "--estimate",
            description =
                    "Also look at one epoch alone, as train --start-layer auto does, and tell how well it predicts the"
                            + " whole training.")
    private boolean estimates;

    @Option(names = "--pictures", paramLabel = "N", description = "That are compared, at most. Default: 500.")
    private int mostPictures = 500;

    @Option(
            names = "--arch",
            completionCandidates = Candidates.Shapes.class,
            paramLabel = "NAME",
            description = "Shape of flow. Default: ViT-B-16-quickgelu.")
    private String architecture = "ViT-B-16-quickgelu";

    @Option(names = "--class-count", paramLabel = "M", description = "Classes of flow. Default: 100.")
    private int classCount = 100;

    @Option(
            names = "--start-layer",
            paramLabel = "OMEGA",
            description = "Of flow: blocks that Skip Tuning leaves frozen. Default: 9, of fewer all but one.")
    private Optional<Integer> startLayer = Optional.empty();

    @Option(
            names = "--top-ratio",
            paramLabel = "R",
            description = "Of flow: share of the classes that Skip Tuning surely keeps. Default: 0.05.")
    private Optional<Double> topRatio = Optional.empty();

    @Option(
            names = "--lambda",
            paramLabel = "L",
            description = "Of flow: scale of the tail by which it keeps others. Default: 0.3.")
    private Optional<Double> lambda = Optional.empty();

    @Option(names = "--plot", paramLabel = "FILE", description = "Write curves, or flow's drawing, as a PNG picture.")
    private Optional<Path> plot = Optional.empty();

    @Mixin
    private final ModelOptions model = new ModelOptions();

    @Mixin
    private final DataOptions data = new DataOptions();

    @Override
    int run(Output output) {
        String wanted = analysis.orElseThrow(
                () -> new UsageException("the analysis is missing: use " + String.join(", ", ANALYSES)));
        if (!ANALYSES.contains(wanted)) {
            throw new UsageException(Converters.unknown("analysis", wanted, ANALYSES));
        }
        refuseWithoutUse(wanted);
        if (wanted.equals("flow")) {
            var files = OutputFiles.of(common());
            plot.ifPresent(file -> files.writes("--plot", file));
            files.check();
            FlowTable.print(output, flowSteps(), common(), plot);
            return 0;
        }
        if (shots < 1 || mostPictures < 1) {
            throw new SkipTuningException(
                    (shots < 1 ? "--shots is " + shots : "--pictures is " + mostPictures) + ": use 1 or more");
        }
        model.check();
        data.check();
        OutputFiles files = OutputFiles.of(common());
        plot.ifPresent(file -> files.writes("--plot", file));
        files.reads("--model", model.file()).reads("--data", data.path()).check();
        loadCoreAhead();
        DataSet opened = data.openQuietly(common().seed(), output).fewShot(shots, common().seed());
        try (Clip clip = model.load(data.apply(common().loadOptions()))) {
            if (wanted.equals("sensitivity")) {
                sensitivity(clip, opened, output);
            } else {
                gradients(clip, opened, output);
            }
            return 0;
        }
    }

    private FlowTable.Steps flowSteps() {
        var usual = SkipTuning.builder().settings();
        return new FlowTable.Steps(
                architecture, classCount, startLayer, topRatio.orElse(usual.topRatio()), lambda.orElse(usual.lambda()));
    }

    private void refuseWithoutUse(String wanted) {
        if (!wanted.equals("sensitivity") && (epochs.isPresent() || estimates)) {
            throw new UsageException(
                    (estimates ? "--estimate" : "--epochs") + " is of sensitivity alone: leave it out");
        }
        if (wanted.equals("flow") && (data.text().isPresent() || model.isGiven())) {
            throw new UsageException("flow goes by formula, without data and model: leave "
                    + (data.text().isPresent() ? "--data" : "--model") + " out");
        }
        if (!wanted.equals("flow") && (startLayer.isPresent() || topRatio.isPresent() || lambda.isPresent())) {
            throw new UsageException(
                    (startLayer.isPresent() ? "--start-layer" : topRatio.isPresent() ? "--top-ratio" : "--lambda")
                            + " is of flow alone: leave it out");
        }
        plot.filter(Files::isDirectory).ifPresent(folder -> {
            throw new SkipTuningException("--plot " + folder + " is a folder: name a file");
        });
    }

    private void sensitivity(Clip clip, DataSet opened, Output output) {
        var found = FeatureSensitivity.ofTraining(clip, opened, settings(), mostPictures, new ProgressAdapter(output));
        output.line("How much each block's output changed, as a mean distance:");
        table(output, "image", found.image(), found.relativeImage());
        table(output, "text", found.text(), found.relativeText());
        output.line("");
        output.line("%s", suggestion(found));
        draw(SensitivityPlot.ofBlocks(found.relativeImage(), found.relativeText()));
        var json = new LinkedHashMap<String, Object>();
        json.put("layers", layers(found));
        json.put("suggested_start_layer", suggested(found));
        if (estimates) {
            json.put("estimate", estimate(clip, opened, found, output));
        }
        output.json(json);
    }

    private static Map<String, Object> layers(FeatureSensitivity found) {
        var layers = new LinkedHashMap<String, Object>();
        layers.put("image", found.image());
        layers.put("text", found.text());
        layers.put("image_relative", found.relativeImage());
        layers.put("text_relative", found.relativeText());
        return layers;
    }

    private Map<String, Object> estimate(Clip clip, DataSet opened, FeatureSensitivity whole, Output output) {
        var quick = FeatureSensitivity.ofTraining(
                clip, opened, FullFineTuning.estimate(settings()), mostPictures, new ProgressAdapter(output));
        OptionalDouble image = FeatureSensitivity.rankCorrelation(quick.relativeImage(), whole.relativeImage());
        OptionalDouble text = FeatureSensitivity.rankCorrelation(quick.relativeText(), whole.relativeText());
        output.line(
                "By one epoch alone: %s Its order of the blocks is the whole training's with a rank correlation of %s for"
                        + " pictures and %s for texts.",
                suggestion(quick), number(image), number(text));
        var json = new LinkedHashMap<String, Object>();
        json.put("layers", layers(quick));
        json.put("suggested_start_layer", suggested(quick));
        var correlation = new LinkedHashMap<String, @Nullable Object>();
        correlation.put("image", image.isPresent() ? image.getAsDouble() : null);
        correlation.put("text", text.isPresent() ? text.getAsDouble() : null);
        json.put("rank_correlation", correlation);
        return json;
    }

    /** By the bend of each curve: the block behind which it rises. */
    private static String suggestion(FeatureSensitivity found) {
        var image = found.suggestedImageStartLayer();
        var text = found.suggestedTextStartLayer();
        if (image.isEmpty() && text.isEmpty()) {
            return "Both curves rise evenly, without a bend: they suggest no start layer.";
        }
        if (image.isEmpty() || text.isEmpty()) {
            return "The curve of the " + (image.isEmpty() ? "image" : "text")
                    + " tower rises evenly, without a bend; that of the" + " other suggests to skip "
                    + (image.isEmpty() ? text : image).getAsInt() + " blocks.";
        }
        return "Suggested: --start-layer "
                + (image.equals(text) ? "" + image.getAsInt() : image.getAsInt() + "," + text.getAsInt())
                + ", where the curves bend upwards.";
    }

    private static Map<String, @Nullable Integer> suggested(FeatureSensitivity found) {
        var json = new LinkedHashMap<String, @Nullable Integer>();
        json.put("image", orNull(found.suggestedImageStartLayer()));
        json.put("text", orNull(found.suggestedTextStartLayer()));
        return json;
    }

    private static @Nullable Integer orNull(OptionalInt value) {
        return value.isPresent() ? value.getAsInt() : null;
    }

    private static String number(OptionalDouble value) {
        return value.isPresent() ? Figures.number(value.getAsDouble()) : "none";
    }

    private TrainingSettings settings() {
        try {
            var builder = FullFineTuning.settings(model.knowsBundledWords(), data.dataset());
            epochs.ifPresent(count -> builder.epochs(count).warmupEpochs(0));
            common().givenPrecision().ifPresent(builder::precision);
            return builder.seed(common().seed()).settings();
        } catch (IllegalArgumentException outOfRange) {
            throw new SkipTuningException(SettingOptions.asOption(String.valueOf(outOfRange.getMessage())), outOfRange);
        }
    }

    private static void table(Output output, String tower, List<Double> curve, List<Double> shares) {
        output.line("");
        output.line("%s tower: distance, and share of the output's length", tower);
        double most = shares.stream().mapToDouble(Double::doubleValue).max().orElse(0);
        for (int block = 0; block < curve.size(); block++) {
            double share = shares.get(block);
            output.line(String.format(
                            Locale.ROOT,
                            "  block %2d  %9.4f  %7.4f  %s",
                            block + 1,
                            curve.get(block),
                            share,
                            "█".repeat(most > 0 ? (int) Math.round(BAR * share / most) : 0))
                    .stripTrailing());
        }
    }

    private void gradients(Clip clip, DataSet opened, Output output) {
        var templates = TemplateSet.of(model.template("coop"));
        var found = GradientDependence.of(clip, opened, mostPictures, templates, new ProgressAdapter(output));
        output.line(
                "Size of the loss's gradient by a class's text feature, mean over the pictures: of %d classes the picture's own gets"
                        + " %s, the most similar other %s, the one in the middle %s.",
                found.byRank().size(),
                Figures.number(found.byRank().getFirst()),
                Figures.number(found.byRank().get(Math.min(1, found.byRank().size() - 1))),
                Figures.number(found.byRank().get(found.byRank().size() / 2)));
        if (found.suggests()) {
            output.line(
                    "The first %d ranks hold nine tenths of what others get; an exponential of scale %s over [0, 5] explains %.0f %%"
                            + " of the decline behind them.",
                    found.kept(), Figures.number(found.lambda()), 100 * found.fit());
            output.line("");
            output.line(
                    "Suggested: --top-ratio %s --lambda %s",
                    Figures.number(found.suggestedTopRatio()), Figures.number(found.lambda()));
        } else {
            output.line("They are too few for a decline to be told, and suggest nothing.");
        }
        draw(SensitivityPlot.ofRanks(found.byRank(), found.fitted()));
        var json = new LinkedHashMap<String, @Nullable Object>();
        json.put("classes", found.byRank());
        json.put("lambda", found.lambda());
        json.put("fit", found.fit());
        json.put("suggested_top_ratio", found.suggests() ? found.suggestedTopRatio() : null);
        output.json(json);
    }

    private void draw(byte[] png) {
        plot.ifPresent(file -> WholeFile.write(file, png));
    }
}
