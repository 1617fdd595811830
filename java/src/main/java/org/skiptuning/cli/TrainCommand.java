package org.skiptuning.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.skiptuning.ClassSubset;
import org.skiptuning.Clip;
import org.skiptuning.Evaluation;
import org.skiptuning.FineTuned;
import org.skiptuning.Phase;
import org.skiptuning.SkipTuning;
import org.skiptuning.StepMetrics;
import org.skiptuning.TraceWriter;
import org.skiptuning.TrainingListener;
import org.skiptuning.TrainingResult;
import org.skiptuning.TrainingSettings;
import org.skiptuning.data.DataSet;
import org.skiptuning.data.TemplateSet;
import org.skiptuning.report.Figures;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code train}. */
@Command(
        name = "train",
        header = "Fine-tunes a model on a data set.",
        description =
                "Measures it before and after, and saves an ordinary CLIP checkpoint in the naming it came in; what methods such as"
                        + " coop train beside a model is saved for itself.",
        customSynopsis = "skip-tuning train --data DATA --output DIR [OPTIONS]",
        footer = {
            "  skip-tuning train --data bundled --classes base --shots 8 \\",
            "      --preset bundled --output runs/glyphs",
            "  skip-tuning train --model ViT-B-16.pt --data photos --shots 16 \\",
            "      --output runs/photos",
            "  skip-tuning train --model ViT-B-16.pt --data photos --shots 16 \\",
            "      --output runs/photos --resume",
            "  skip-tuning train --method full --model ViT-B-16.pt --data photos \\",
            "      --output runs/full --json full.json"
        })
final class TrainCommand extends ToolCommand {
    @Option(
            names = "--output",
            paramLabel = "DIR",
            description =
                    "Gets model.safetensors, config.json, metrics.jsonl and what --resume needs; new, empty, or of an earlier run.")
    private @Nullable Path output;

    @Option(
            names = "--resume",
            description = "Go on from the state in --output, to the same bytes as an uninterrupted run.")
    private boolean resume;

    @Option(
            names = "--trace",
            paramLabel = "FILE",
            description =
                    "Write one JSON line a step: epoch, images, classes, loss, lr; - is standard output, which then"
                            + " holds nothing else.")
    private Optional<String> trace = Optional.empty();

    @Option(
            names = "--features",
            paramLabel = "DIR",
            description =
                    "Take pictures' features from what extract left with the same options, in place of computing them.")
    private Optional<Path> features = Optional.empty();

    @Option(names = "--print-config", description = "Print the settings as JSON and do nothing else.")
    private boolean printConfig;

    @Mixin
    private final TrainingOptions training = new TrainingOptions();

    @Mixin
    private final ModelOptions model = new ModelOptions();

    @Mixin
    private final DataOptions data = new DataOptions();

    private static final String STATE = "resume.safetensors";

    /** The two halves where the run keeps one of them to measure on, else all classes. */
    private record Measured(Evaluation trained, Optional<Evaluation> unseen) {
        double harmonicMean() {
            return Evaluation.harmonicMean(
                    trained.accuracy(), unseen.orElseThrow().accuracy());
        }
    }

    @Override
    Optional<String> resumeAdvice(long stepsDone) {
        return Optional.of(
                stepsDone > 0 || resume
                        ? "to go on, give the same command with --resume"
                        : "nothing was trained yet: give the same command again");
    }

    @Override
    int run(Output out) {
        if (resume && output != null) {
            RunFile.read(output).ifPresent(before -> {
                data.defaultTo(before);
                model.defaultTo(before);
            });
        }
        TrainingSettings given = training.settings(common(), data.dataset(), model.knowsBundledWords());
        if (printConfig) {
            if (training.isAutomatic()) {
                throw new UsageException("--print-config contradicts auto: what that comes to hangs on the pictures");
            }
            out.result(SkipTuning.builder(given).json());
            return 0;
        }
        Path directory = output;
        if (directory == null) {
            throw new UsageException("--output is missing: name a folder for the result");
        }
        data.check();
        data.refuseInside("--output", directory);
        model.check();
        OutputFiles.of(common())
                .writesOrPrints("--trace", trace)
                .writes("--output", directory)
                .reads("--data", data.path())
                .reads("--model", model.file())
                .reads("--settings", training.settingsFile())
                .reads("--features", features)
                .check();
        traceFile().ifPresent(WholeFile::check);
        loadCoreAhead();
        RunFile.claim(directory);
        tellOfEarlierRun(directory, out);
        DataSet opened = data.openQuietly(given.seed(), out);
        try (Clip clip = model.load(data.apply(common().loadOptions()))) {
            TrainingSettings settings = training.isAutomatic()
                    ? training.chosen(
                            given,
                            new AutomaticSkipping(clip, opened, given, out),
                            FullFineTuning.settings(model.knowsBundledWords(), data.dataset())
                                    .settings())
                    : given;
            if (settings.method().takes("image_start_layer")) {
                settings.imageStartLayer().resolve("image", clip.info().imageLayers());
                settings.textStartLayer().resolve("text", clip.info().textLayers());
            }
            Optional<Measured> before = measure(
                    opened,
                    settings,
                    half -> clip.zeroShot(
                            half, TemplateSet.of(settings.templates()), new ProgressAdapter(out, "zero-shot")));
            try (FineTuned tuned = fit(clip, opened, settings, directory, out)) {
                Optional<Measured> after =
                        measure(opened, settings, half -> tuned.evaluate(half, new ProgressAdapter(out, "tuned")));
                print(out, settings, before, after, tuned.result(), directory);
                if (model.knowsBundledWords() && training.hasPublishedRates()) {
                    out.line(
                            "The published rates suit models of OpenAI's size; --preset bundled suits this small one.");
                }
                out.json(json(settings, before, after, tuned.result(), directory));
                return 0;
            }
        }
    }

    @Override
    boolean printsForPrograms() {
        return super.printsForPrograms() || trace.equals(Optional.of(CommonOptions.STANDARD_OUTPUT));
    }

    private Optional<Path> traceFile() {
        return trace.filter(given -> !given.equals(CommonOptions.STANDARD_OUTPUT))
                .map(Path::of);
    }

    private void tellOfEarlierRun(Path directory, Output out) {
        boolean unfinished = Files.exists(directory.resolve(STATE));
        if (resume && !unfinished) {
            out.line("There is nothing to resume in %s: starting.", directory);
        } else if (!resume && unfinished) {
            out.line("Replaces the run in %s; --resume would go on with it.", directory);
        }
    }

    private FineTuned fit(Clip clip, DataSet opened, TrainingSettings settings, Path directory, Output out) {
        // With the model it tells of: a run that fails leaves the file of the one before.
        var record = new TrainingListener() {
            @Override
            public void onPhase(Phase phase) {
                if (phase == Phase.SAVE) {
                    RunFile.write(directory, model.describe(), data.describe(settings.seed()));
                }
            }
        };
        var listener = TrainingListener.all(record, new ProgressAdapter(out, settings.method()));
        var plain = SkipTuning.builder(settings).build();
        var tuning = features.map(plain::withFeatures).orElse(plain);
        if (traceFile().isEmpty()) {
            var printed = trace.isEmpty() ? listener : TrainingListener.all(listener, new PrintedTrace(out));
            return tuning.fit(clip, opened, printed, directory, resume);
        }
        try (var writer = new TraceWriter(traceFile().get())) {
            return tuning.fit(clip, opened, TrainingListener.all(listener, writer), directory, resume);
        }
    }

    /** {@code --trace -}. */
    private record PrintedTrace(Output out) implements TrainingListener {
        @Override
        public void onStep(StepMetrics metrics) {
            out.result(TraceWriter.line(metrics));
        }
    }

    private interface Evaluator {
        Evaluation on(DataSet data);
    }

    /** Measures what the data set has test pictures for; nothing where it has none. */
    private static Optional<Measured> measure(DataSet data, TrainingSettings settings, Evaluator evaluator) {
        if (settings.classes() == ClassSubset.ALL) {
            return data.test().isEmpty()
                    ? Optional.empty()
                    : Optional.of(new Measured(evaluator.on(data), Optional.empty()));
        }
        DataSet base = data.base();
        DataSet unseen = data.unseen();
        if (base.test().isEmpty() || unseen.test().isEmpty()) {
            return Optional.empty();
        }
        if (!settings.knowsOtherClasses()) {
            return Optional.of(new Measured(evaluator.on(base), Optional.empty()));
        }
        return Optional.of(new Measured(evaluator.on(base), Optional.of(evaluator.on(unseen))));
    }

    private static void print(
            Output out,
            TrainingSettings settings,
            Optional<Measured> before,
            Optional<Measured> after,
            TrainingResult result,
            Path directory) {
        String name = settings.method().title();
        out.line("");
        if (before.isEmpty() || after.isEmpty()) {
            out.line("The data set has no test pictures, so there is nothing to measure on.");
        } else if (after.get().unseen().isEmpty()) {
            if (settings.classes() == ClassSubset.BASE) {
                out.line("%s knows only the classes that it was trained on: measured on these alone.", name);
            }
            out.line(Accuracies.heading("Accuracy"));
            out.line(Accuracies.row("Zero-shot", before.get().trained().accuracy()));
            out.line(Accuracies.row(name, after.get().trained().accuracy()));
            out.line(Accuracies.changes(
                    "change",
                    after.get().trained().accuracy() - before.get().trained().accuracy()));
        } else {
            double[] first = figures(before.get());
            double[] second = figures(after.get());
            out.line(Accuracies.heading("Base", "New", "H"));
            out.line(Accuracies.row("Zero-shot", first));
            out.line(Accuracies.row(name, second));
            out.line(Accuracies.changes("change", second[0] - first[0], second[1] - first[1], second[2] - first[2]));
        }
        out.line("");
        out.line(
                "%s %s, of which %s for the feature cache; %speak memory %s",
                steps(result, settings),
                Figures.seconds(result.trainSeconds()),
                Figures.seconds(result.cacheSeconds()),
                result.lastEpochLoss()
                        .map(loss -> String.format(Locale.ROOT, "mean loss of the last epoch %.4f, ", loss))
                        .orElse(""),
                Figures.bytes(result.peakMemoryBytes()));
        if (!result.chosen().isEmpty()) {
            out.line("Chosen on validation pictures: %s", chosen(result));
        }
        out.line("Saved to %s", directory);
    }

    private static String steps(TrainingResult result, TrainingSettings settings) {
        if (result.steps() == 0) {
            return "No steps:";
        }
        var one = settings.method().stepsAreFits() ? "fit" : "step";
        return String.format(Locale.ROOT, "%,d %s%s in", result.steps(), one, result.steps() == 1 ? "" : "s");
    }

    private static String chosen(TrainingResult result) {
        return result.chosen().entrySet().stream()
                .map(entry -> entry.getKey().replace('_', ' ') + " " + Figures.number(entry.getValue())
                        + (entry.getKey().endsWith("accuracy") ? " %" : ""))
                .collect(Collectors.joining(", "));
    }

    private static double[] figures(Measured measured) {
        return new double[] {
            measured.trained().accuracy(), measured.unseen().orElseThrow().accuracy(), measured.harmonicMean()
        };
    }

    private static Map<String, Object> json(
            TrainingSettings settings,
            Optional<Measured> before,
            Optional<Measured> after,
            TrainingResult result,
            Path directory) {
        var object = new LinkedHashMap<String, Object>();
        object.put("method", settings.method().toString());
        object.put(
                "accuracy", after.map(measured -> measured.trained().accuracy()).orElse(null));
        object.put("zero_shot", before.map(TrainCommand::summary).orElse(null));
        object.put("tuned", after.map(TrainCommand::summary).orElse(null));
        object.put("final_loss", result.finalLoss().orElse(null));
        object.put("last_epoch_loss", result.lastEpochLoss().orElse(null));
        object.put("steps", result.steps());
        object.put("train_seconds", result.trainSeconds());
        object.put("cache_seconds", result.cacheSeconds());
        object.put("peak_memory_bytes", result.peakMemoryBytes());
        object.put("peak_tensor_bytes", result.peakTensorBytes());
        object.put("paper_style_bytes", result.paperStyleBytes().orElse(null));
        object.put("trained_parameters", result.trainedParameters());
        object.put("chosen", result.chosen());
        object.put("output", directory.toString());
        object.put("settings", Json.settings(settings));
        return object;
    }

    private static Map<String, Object> summary(Measured measured) {
        var object = new LinkedHashMap<String, Object>();
        if (measured.unseen().isEmpty()) {
            object.put("accuracy", measured.trained().accuracy());
            object.put("correct", measured.trained().correct());
            object.put("total", measured.trained().total());
        } else {
            object.put("base", measured.trained().accuracy());
            object.put("new", measured.unseen().get().accuracy());
            object.put("h", measured.harmonicMean());
        }
        return object;
    }
}
