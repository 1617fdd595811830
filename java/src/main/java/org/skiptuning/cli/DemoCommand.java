package org.skiptuning.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.skiptuning.Clip;
import org.skiptuning.Evaluation;
import org.skiptuning.FineTuned;
import org.skiptuning.SkipTuning;
import org.skiptuning.TrainingListener;
import org.skiptuning.TrainingSettings;
import org.skiptuning.data.DataSet;
import org.skiptuning.data.TemplateSet;
import org.skiptuning.data.bundled.BundledData;
import org.skiptuning.report.Figures;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code demo}. */
@Command(
        name = "demo",
        header = "The whole story in a few minutes, with an HTML report.",
        description =
                "Measures the bundled model on pictures it never saw, fine-tunes it by Skip Tuning and, for comparison, in"
                        + " full, and shows what changed.",
        customSynopsis = "skip-tuning demo [OPTIONS]",
        footer = {
            "  skip-tuning demo",
            "  skip-tuning demo --task food --no-full --report food.html",
            "  skip-tuning demo --seed 2 --json demo.json"
        })
final class DemoCommand extends ToolCommand {
    @Option(names = "--report", paramLabel = "FILE", description = "The HTML report. Default: skip-tuning-demo.html.")
    private Path report = Path.of("skip-tuning-demo.html");

    @Option(
            names = "--task",
            completionCandidates = Candidates.BundledTasks.class,
            paramLabel = "NAME",
            description = "glyphs, food, animals or things. Default: " + DataOptions.BUNDLED_TASK + ".")
    private String task = DataOptions.BUNDLED_TASK;

    @Option(names = "--no-full", description = "Leave full fine-tuning out.")
    private boolean withoutFull;

    @Mixin
    private final ModelOptions model = new ModelOptions();

    /** Both halves of the classes, measured. */
    record Halves(Evaluation base, Evaluation unseen) {
        double harmonicMean() {
            return Evaluation.harmonicMean(base.accuracy(), unseen.accuracy());
        }
    }

    /** One method's outcome. */
    record Outcome(TrainingSettings settings, Halves halves, org.skiptuning.TrainingResult result, float[] losses) {}

    @Override
    int run(Output output) throws IOException {
        long began = System.nanoTime();
        if (!DemoSettings.TASKS.contains(task)) {
            throw new UsageException(Converters.unknown("task", task, DemoSettings.TASKS));
        }
        WholeFile.check(report);
        model.check();
        OutputFiles.of(common())
                .writes("--report", report)
                .reads("--model", model.file())
                .check();
        loadCoreAhead();
        var bundled = BundledData.open(new ProgressAdapter(output));
        DataSet data = bundled.dataSet(task);
        try (Clip clip = model.load(common().loadOptions())) {
            introduce(output, data);
            Halves before = measure(
                    data,
                    half -> clip.zeroShot(
                            half, TemplateSet.of(BundledData.TEMPLATE), new ProgressAdapter(output, "zero-shot")));
            printZeroShot(output, before);
            Outcome skip = train(clip, data, DemoSettings.skip(common()), "Skip Tuning", output);
            output.line(row("Skip Tuning", skip));
            Optional<Outcome> full = withoutFull
                    ? Optional.empty()
                    : Optional.of(train(clip, data, DemoSettings.full(common()), "full fine-tuning", output));
            full.ifPresent(outcome -> output.line(row("Full fine-tuning", outcome)));
            double seconds = (System.nanoTime() - began) / 1e9;
            var html = new DemoReportBuilder(data, bundled.styles(), clip.info(), common(), model.isBundled())
                    .build(before, skip, full)
                    .toHtml();
            WholeFile.write(report, html.getBytes(StandardCharsets.UTF_8));
            printGains(output, before, skip, seconds);
            output.json(json(before, skip, full, seconds));
            return 0;
        }
    }

    private static void introduce(Output output, DataSet data) {
        output.line(
                "%d classes, %d training pictures for the first half of them, %d test pictures.",
                data.classNames().size(),
                data.base().train().size(),
                data.test().size());
        output.line("");
    }

    private interface Evaluator {
        Evaluation on(DataSet half);
    }

    private static Halves measure(DataSet data, Evaluator evaluator) {
        return new Halves(evaluator.on(data.base()), evaluator.on(data.unseen()));
    }

    private static Outcome train(Clip clip, DataSet data, TrainingSettings settings, String name, Output output) {
        var losses = new LossRecorder();
        var progress = new ProgressAdapter(output, name);
        try (FineTuned tuned =
                SkipTuning.builder(settings).build().fit(clip, data, TrainingListener.all(progress, losses))) {
            var halves = measure(data, half -> tuned.evaluate(half, progress));
            return new Outcome(settings, halves, tuned.result(), losses.values());
        }
    }

    /** The table's rows come as they are known: training in full takes minutes. */
    private static void printZeroShot(Output output, Halves before) {
        output.line(Accuracies.heading("Base", "New", "H") + "     Seconds   Peak memory");
        output.line(Accuracies.row("Zero-shot", figures(before)));
    }

    private void printGains(Output output, Halves before, Outcome skip, double seconds) {
        double[] from = figures(before);
        double[] to = figures(skip.halves());
        output.line(Accuracies.changes("Skip Tuning gains", to[0] - from[0], to[1] - from[1], to[2] - from[2]));
        output.line("");
        output.line(
                "Top-1 accuracy in percent; base: classes trained on, new: the others, H: harmonic mean. One seed of a small");
        output.line("benchmark: a point or two can be chance. %s in all.", Figures.seconds(seconds));
        output.line("Report: %s", report.toAbsolutePath().normalize());
    }

    private static String row(String name, Outcome outcome) {
        return Accuracies.row(name, figures(outcome.halves()))
                + String.format(
                        java.util.Locale.ROOT,
                        "%12.1f%14s",
                        outcome.result().trainSeconds(),
                        Figures.bytes(outcome.result().peakMemoryBytes()));
    }

    private static double[] figures(Halves halves) {
        return new double[] {halves.base().accuracy(), halves.unseen().accuracy(), halves.harmonicMean()};
    }

    private Map<String, Object> json(Halves before, Outcome skip, Optional<Outcome> full, double seconds) {
        var object = new LinkedHashMap<String, Object>();
        object.put("task", task);
        object.put("zero_shot", json(before));
        object.put("skip_tuning", json(skip));
        full.ifPresent(outcome -> object.put("full", json(outcome)));
        object.put("seconds", seconds);
        object.put("report", report.toAbsolutePath().normalize().toString());
        return object;
    }

    private static Map<String, Object> json(Halves halves) {
        var object = new LinkedHashMap<String, Object>();
        object.put("base", halves.base().accuracy());
        object.put("new", halves.unseen().accuracy());
        object.put("h", halves.harmonicMean());
        return object;
    }

    private static Map<String, Object> json(Outcome outcome) {
        var object = json(outcome.halves());
        object.put("train_seconds", outcome.result().trainSeconds());
        object.put("peak_memory_bytes", outcome.result().peakMemoryBytes());
        object.put("peak_tensor_bytes", outcome.result().peakTensorBytes());
        object.put("settings", Json.settings(outcome.settings()));
        return object;
    }

    /** Keeps the loss of every step. */
    private static final class LossRecorder implements TrainingListener {
        private final List<Float> losses = new ArrayList<>();

        @Override
        public void onStep(org.skiptuning.StepMetrics metrics) {
            losses.add(metrics.loss());
        }

        float[] values() {
            var values = new float[losses.size()];
            for (int i = 0; i < values.length; i++) {
                values[i] = losses.get(i);
            }
            return values;
        }
    }
}
