package org.skiptuning;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.skiptuning.benchmark.Protocol;
import org.skiptuning.benchmark.Shard;
import org.skiptuning.benchmark.Sweep;
import org.skiptuning.benchmark.SweepPlan.Entrant;
import org.skiptuning.benchmark.SweepResults;
import org.skiptuning.benchmark.SweepRow;
import org.skiptuning.benchmark.job.JobOutcome;
import org.skiptuning.benchmark.report.SweepReport;
import tools.jackson.databind.JsonNode;

/** A comparison of methods on a tiny model, from runs to reports. */
class SweepTest {
    @TempDir
    static Path folder;

    private static TinySweep sweep = TinySweep.none();

    @BeforeAll
    static void prepare() throws IOException {
        sweep = TinySweep.in(folder);
    }

    @AfterAll
    static void close() {
        sweep.close();
    }

    @Test
    void choosesByValidationAndMeasuresBothHalves() throws IOException {
        var results = folder.resolve("results");
        var plan = sweep.plan(List.of(1.0, 100.0), "skip", "tip-adapter", "linear", "clip-adapter");
        assertThat(plan.runs()).isEqualTo(1 + 2 * (2 + 2) + 2 * 2);
        var first = new TinySweep.Recorder();
        var comparison = sweep.run(plan, results, first);
        assertThat(first.failures).isEmpty();
        assertThat(first.runs).hasSize(plan.runs());
        assertThat(first.runs.getFirst()).isEqualTo("tiny: zero-shot");
        assertThat(first.runs.get(1)).isEqualTo("tiny: Skip Tuning, 2 shots, seed 1, rate × 1");
        assertThat(results.resolve("tiny/skip/2-shots/seed-1/rate-100/choice.json"))
                .exists();
        for (var row : comparison.rows()) {
            assertThat(row.outcomes()).hasSize(2);
            assertThat(row.accuracy(Protocol.BASE)).isPresent();
            assertThat(row.accuracy(Protocol.NEW).isPresent())
                    .isEqualTo(row.entrant().method().knowsOtherClasses());
            assertThat(row.rateFactor()).isEqualTo(chosen(results, row.entrant().method()));
        }
        // A line a run, as it ended.
        var lines = Files.readAllLines(results.resolve("results.jsonl"));
        assertThat(lines).hasSize(plan.runs());
        assertThat(SettingsJson.MAPPER
                        .readTree(lines.getFirst())
                        .path("purpose")
                        .asString())
                .isEqualTo("ZERO_SHOT");
        Files.writeString(results.resolve("results.jsonl"), "{\"cut", StandardOpenOption.APPEND);
        // Finished runs are not done again, whoever asks.
        var result = results.resolve("tiny/linear/2-shots/seed-2/result.json");
        var written = Files.getLastModifiedTime(result);
        var second = new TinySweep.Recorder();
        assertThat(sweep.run(plan, results, second)).isEqualTo(comparison);
        assertThat(results.resolve("results.jsonl")).content().endsWith("{\"cut");
        Files.delete(results.resolve("tiny/linear/2-shots/seed-1/result.json"));
        sweep.run(plan, results, new TinySweep.Recorder());
        assertThat(Files.readAllLines(results.resolve("results.jsonl"))).hasSize(plan.runs() + 2);
        assertThat(second.steps).isZero();
        assertThat(Files.getLastModifiedTime(result)).isEqualTo(written);
        assertThatExceptionOfType(SkipTuningException.class)
                .isThrownBy(() -> Sweep.run(
                        plan, results, Map.of("model", "there"), Shard.ALL, sweep.executor(), new TinySweep.Recorder()))
                .withMessageContaining("holds a sweep with model here instead of there; name another --output");
        Files.writeString(result, "{");
        assertThatExceptionOfType(SkipTuningException.class)
                .isThrownBy(() -> sweep.run(plan, results, new TinySweep.Recorder()))
                .withMessageContaining("cannot be read: remove it");
        requireReports(comparison);
    }

    /** The first factor of the best accuracy that the runs for the choice wrote down. */
    private static double chosen(Path results, Method method) throws IOException {
        var best = 1.0;
        var most = -1.0;
        for (var factor : method.takes("learning_rate") ? List.of(1.0, 100.0) : List.<Double>of()) {
            var file = results.resolve("tiny/" + method + "/2-shots/seed-1/rate-" + factor.intValue() + "/choice.json");
            var accuracy = SettingsJson.MAPPER
                    .readTree(Files.readString(file))
                    .path("outcome")
                    .path("accuracies")
                    .path("validation")
                    .asDouble();
            if (accuracy > most) {
                most = accuracy;
                best = factor;
            }
        }
        return best;
    }

    private static void requireReports(SweepResults comparison) throws IOException {
        var report = new SweepReport("Base-to-new: tiny", List.of("Here and now."), comparison);
        var target = folder.resolve("report");
        report.write(target);
        var markdown = Files.readString(target.resolve("report.md"));
        assertThat(markdown)
                .contains("# Base-to-new: tiny", "Here and now.", "## 2 shots", "| zero-shot | ", "## What it costs")
                .contains("| Skip Tuning | ", "| Linear probe | ", "![H against time](time-tiny-2-shots.png)");
        var csv = Files.readAllLines(target.resolve("report.csv"));
        assertThat(csv).hasSize(2 + 4 * 2);
        assertThat(csv.get(0)).startsWith("data_set,method,variant,shots,seed,rate_factor,base,new,h,seconds");
        assertThat(csv.get(1)).startsWith("tiny,zero-shot,,,,,");
        assertThat(csv.get(2)).startsWith("tiny,skip,,2,1,");
        assertThat(csv.get(3)).startsWith("tiny,skip,,2,2,");
        assertThat(csv)
                .allMatch(line -> line.split(",", -1).length == csv.getFirst().split(",", -1).length);
        for (var plot : List.of("time-tiny-2-shots.png", "memory-tiny-2-shots.png")) {
            assertThat(ImageIO.read(target.resolve(plot).toFile()).getWidth()).isEqualTo(900);
        }
        assertThat(target.resolve("report.html"))
                .content()
                .contains("<tr class=\"ours\">", "data:image/png;base64,", "<h2>2 shots</h2>");
        var json = SettingsJson.MAPPER.<JsonNode>valueToTree(report.json());
        assertThat(json.path("zero_shot").path("tiny").path("base").isNumber()).isTrue();
        assertThat(json.path("rows")).hasSize(4);
        var skip = json.path("rows").get(0);
        assertThat(skip.path("method").asString()).isEqualTo("skip");
        for (var bytes : List.of("peak_memory_bytes", "peak_tensor_bytes", "paper_style_bytes")) {
            assertThat(skip.path(bytes).isIntegralNumber()).as(bytes).isTrue();
        }
        assertThat(skip.path("runs").get(1).path("seed").asInt()).isEqualTo(2);
        var linear = json.path("rows")
                .valueStream()
                .filter(row -> row.path("method").asString().equals("linear"))
                .findFirst()
                .orElseThrow();
        assertThat(linear.path("new").isNull()).isTrue();
        assertThat(linear.path("paper_style_bytes").isNull()).isTrue();
        assertThat(linear.path("rate_factor").isNull()).isTrue();
    }

    /** Nine blocks' vectors do not fit towers of three and four. */
    @Test
    void aRunThatFailsLeavesTheOthers() {
        var recorder = new TinySweep.Recorder();
        var comparison = sweep.run(sweep.plan(List.of(1.0), "maple", "kgcoop"), folder.resolve("failing"), recorder);
        assertThat(recorder.failures).hasSize(2).allMatch(line -> line.startsWith("tiny: MaPLe, 2 shots, seed "));
        assertThat(comparison.rows().getLast().failures()).isEqualTo(2);
        assertThat(comparison.rows().getLast().accuracy(Protocol.BASE)).isEmpty();
        assertThat(comparison.rows().getFirst().failures()).isZero();
        assertThat(comparison.rows().getFirst().harmonicMean()).isPresent();
        assertThat(comparison.failures()).isEqualTo(2);
        assertThat(new SweepReport("Failing", List.of(), comparison).markdown())
                .contains("| MaPLe (2 failed) | – | – | – | 1 | – | – | – | – | – |", "## Failed runs")
                .contains("| tiny | MaPLe | 2 | 1 and 2 | ");
    }

    /** A rate at which numbers ran away is not the one to choose, no failure of the comparison, and not tried again. */
    @Test
    void aRateThatRanAwayIsNotChosen() throws IOException {
        var results = folder.resolve("diverging");
        var plan = sweep.plan(List.of(1.0, 50.0), "clip-adapter");
        var chosen = sweep.run(plan, results, new TinySweep.Recorder())
                .rows()
                .getFirst()
                .rateFactor();
        ranAway(results, chosen);
        Files.delete(results.resolve("tiny/clip-adapter/2-shots/row-1-50.json"));
        var second = sweep.run(plan, results, new TinySweep.Recorder());
        assertThat(second.failures()).isZero();
        assertThat(second.rows().getFirst().rateFactor()).isEqualTo(51 - chosen);
        ranAway(results, 51 - chosen);
        Files.delete(results.resolve("tiny/clip-adapter/2-shots/row-1-50.json"));
        var third = new TinySweep.Recorder();
        assertThat(sweep.run(plan, results, third).rows().getFirst().outcomes().values())
                .hasSize(2)
                .allMatch(outcome -> outcome.error().orElse("").startsWith("every learning rate tried was too high"));
        assertThat(third.steps).isZero();
        assertThatExceptionOfType(SkipTuningException.class)
                .isThrownBy(() -> sweep.run(sweep.plan(List.of(1.0, 1e6), "skip"), results, new TinySweep.Recorder()))
                .withMessage("The rate factor 1000000 is too high for skip: learningRate is 20.0: use 0.0 to 10.0");
    }

    private static void ranAway(Path results, double factor) throws IOException {
        var file = results.resolve("tiny/clip-adapter/2-shots/seed-1/rate-" + (int) factor + "/choice.json");
        Files.writeString(
                file,
                Files.readString(file)
                        .replace("\"error\" : null", "\"error\" : \"The loss is NaN\"")
                        .replace("\"diverged\" : false", "\"diverged\" : true")
                        .replaceFirst("\"validation\" : [0-9.]+", ""));
    }

    @Test
    void theSameTwiceIsOneRun() {
        var plan = sweep.plan(List.of(1L, 1L), List.of(1.0, 1.0), "skip", "skip");
        assertThat(plan.runs()).isEqualTo(1 + 1);
    }

    @Test
    void meansAndDeviationsAreOverSeeds() {
        var row = row("skip", outcome(60, 30, 10), outcome(70, 40, 20), outcome(80, 50, 30));
        var base = row.accuracy(Protocol.BASE).orElseThrow();
        assertThat(base.mean()).isCloseTo(70, within(1e-9));
        assertThat(base.deviation().orElseThrow()).isCloseTo(10, within(1e-9));
        assertThat(row.harmonicMean().orElseThrow().mean()).isCloseTo(2 * 70 * 40 / 110.0, within(1e-9));
        assertThat(row.seconds().orElseThrow()).isCloseTo(20, within(1e-9));
    }

    @Test
    void ofOneSeedThereIsNoDeviation() {
        var rows = List.of(row("skip", outcome(60, 30, 10)), row("full", outcome(60, 30, 10)));
        assertThat(rows.getFirst().harmonicMean().orElseThrow().deviation()).isEmpty();
        var text = new SweepReport("One", List.of(), new SweepResults(Protocol.BASE_TO_NEW, Map.of(), rows)).markdown();
        assertThat(text)
                .contains("| Skip Tuning | 60.00 | 30.00 | 40.00 | 1 | 10.0 |")
                .contains(
                        "One run a row, of seed 1.",
                        "No learning rate was chosen by a trial: all are as recipes and options have them.")
                .doesNotContain("±", "[1");
    }

    private static SweepRow row(String method, JobOutcome... outcomes) {
        var bySeed = new TreeMap<Long, JobOutcome>();
        for (var outcome : outcomes) {
            bySeed.put(bySeed.size() + 1L, outcome);
        }
        return new SweepRow("tiny", Entrant.of(Method.of(method)), 4, List.of(1.0), 1, Optional.empty(), bySeed, false);
    }

    /** One factor is taken without a trial, and what it comes to is not what another came to. */
    @Test
    void aSingleFactorIsApplied() throws IOException {
        var results = folder.resolve("factors");
        for (var factor : List.of(1.0, 50.0)) {
            var comparison = sweep.run(sweep.plan(List.of(factor), "clip-adapter"), results, new TinySweep.Recorder());
            assertThat(comparison.rows().stream().map(SweepRow::rateFactor))
                    .containsExactlyInAnyOrderElementsOf(factor == 1 ? List.of(1.0) : List.of(50.0, 1.0));
            var file = results.resolve("tiny/clip-adapter/2-shots/seed-1/rate-" + factor.intValue() + "/result.json");
            var rate = SkipTuning.builder(Method.of("clip-adapter")).settings().learningRate();
            assertThat(SettingsJson.MAPPER
                            .readTree(Files.readString(file))
                            .path("identity")
                            .path("learning_rate")
                            .asDouble())
                    .isCloseTo(factor * rate, within(1e-12));
        }
    }

    private static JobOutcome outcome(double base, double unseen, double seconds) {
        return new JobOutcome(
                Optional.empty(),
                false,
                new TreeMap<>(Map.of(Protocol.BASE, base, Protocol.NEW, unseen)),
                seconds,
                1,
                1,
                1,
                Optional.of(1L),
                1,
                Optional.empty(),
                List.of());
    }
}
