package org.skiptuning;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.skiptuning.benchmark.BaseToNew;
import org.skiptuning.benchmark.Comparison;
import org.skiptuning.benchmark.ComparisonReport;
import org.skiptuning.benchmark.RunOutcome;
import org.skiptuning.data.DataSet;

/** A comparison of methods on a tiny model, from runs to reports. */
class BaseToNewTest {
    @TempDir
    static Path folder;

    private static DataSet data;
    private static Clip clip;

    @BeforeAll
    static void load() throws IOException {
        var pictures = TinyPictures.write(folder.resolve("pictures"), 6, 4, 4);
        var validation = TinyPictures.write(folder.resolve("validation"), 6, 1, 2);
        data = new DataSet("tiny", pictures.classNames(), pictures.train(), validation.test(), pictures.test(), "");
        clip = Clip.load(
                TinyClip.write(folder.resolve("model"), 1),
                LoadOptions.defaults().withDevice(Device.cpu()).withThreads(1));
    }

    @AfterAll
    static void close() {
        clip.close();
    }

    /** Remembers what ran. */
    private static final class Recorder implements BaseToNew.Listener {
        final List<String> runs = new ArrayList<>();
        final List<String> failures = new ArrayList<>();
        long steps;

        @Override
        public void onRun(String title, int done, int total) {
            runs.add(done + " of " + total + " " + title);
        }

        @Override
        public void onStep(long done, long total, double loss) {
            steps++;
        }

        @Override
        public void onFailure(String title, String problem) {
            failures.add(title + ": " + problem);
        }
    }

    private static BaseToNew.Plan plan(List<Double> factors, String... methods) {
        return new BaseToNew.Plan(
                Arrays.stream(methods).map(Method::of).toList(),
                List.of(2),
                List.of(1L, 2L),
                factors,
                (method, shots) -> {
                    var builder = SkipTuning.builder(method).shots(shots);
                    if (method.takes("batch_size")) {
                        builder.batchSize(2);
                    }
                    if (method.takes("epochs") && method.knowsOtherClasses()) {
                        builder.epochs(2);
                    }
                    if (method.takes("image_start_layer")) {
                        builder.startLayer(1);
                    }
                    return builder.settings();
                });
    }

    @Test
    void choosesByValidationAndMeasuresBothHalves() throws IOException {
        var results = folder.resolve("results");
        var plan = plan(List.of(1.0, 100.0), "skip", "tip-adapter", "linear", "clip-adapter");
        assertThat(plan.runs()).isEqualTo(2 * (2 + 2) + 2 * 2);
        var first = new Recorder();
        var comparison = BaseToNew.run(plan, clip, data, results, "here", first);
        assertThat(first.failures).isEmpty();
        assertThat(first.runs).hasSize(plan.runs() + 1);
        assertThat(first.runs.getFirst()).isEqualTo("0 of 12 Skip Tuning, 2 shots, seed 1, rate × 1.0");
        assertThat(results.resolve("skip/2-shots/seed-1/rate-100.0/result.json"))
                .exists();
        for (var row : comparison.rows()) {
            assertThat(row.outcomes()).hasSize(2);
            assertThat(row.base()).isPresent();
            assertThat(row.unseen().isPresent()).isEqualTo(row.method().knowsOtherClasses());
            assertThat(row.rateFactor()).isEqualTo(chosen(results, row.method()));
        }
        // Finished runs are not done again, whoever asks.
        var result = results.resolve("skip/2-shots/seed-2/result.json");
        var written = Files.getLastModifiedTime(result);
        var second = new Recorder();
        assertThat(BaseToNew.run(plan, clip, data, results, "here", second)).isEqualTo(comparison);
        assertThat(second.steps).isZero();
        assertThat(Files.getLastModifiedTime(result)).isEqualTo(written);
        assertThatExceptionOfType(SkipTuningException.class)
                .isThrownBy(() -> BaseToNew.run(plan, clip, data, results, "there", new Recorder()))
                .withMessageContaining("another model or other data");
        Files.writeString(result, "{");
        assertThatExceptionOfType(SkipTuningException.class)
                .isThrownBy(() -> BaseToNew.run(plan, clip, data, results, "here", new Recorder()))
                .withMessageContaining("cannot be read: remove it");
        requireReports(comparison);
    }

    /** The first factor of the best accuracy that the runs for the choice wrote down. */
    private static double chosen(Path results, Method method) throws IOException {
        var best = 1.0;
        var most = -1.0;
        for (var factor : method.takes("learning_rate") ? List.of(1.0, 100.0) : List.<Double>of()) {
            var file = results.resolve(method + "/2-shots/seed-1/rate-" + factor + "/result.json");
            var accuracy = SettingsJson.MAPPER
                    .readTree(Files.readString(file))
                    .path("outcome")
                    .path("validation")
                    .asDouble();
            if (accuracy > most) {
                most = accuracy;
                best = factor;
            }
        }
        return best;
    }

    private static void requireReports(Comparison comparison) throws IOException {
        var report = new ComparisonReport("Base-to-new: tiny", List.of("Here and now."), 50, 40, comparison);
        var target = folder.resolve("report");
        report.write(target);
        var markdown = Files.readString(target.resolve("report.md"));
        assertThat(markdown)
                .contains("# Base-to-new: tiny", "Here and now.", "## 2 shots", "| zero-shot | 50.00 | 40.00 | 44.44 |")
                .contains("| Skip Tuning | ", "| Linear probe | ", "![H against time](time-2-shots.png)");
        // title, about, heading, a row for zero-shot and one a method
        assertThat(markdown.lines().filter(line -> line.startsWith("| "))).hasSize(2 + 4);
        var csv = Files.readAllLines(target.resolve("report.csv"));
        assertThat(csv).hasSize(1 + 4 * 2);
        assertThat(csv)
                .allMatch(line -> line.split(",", -1).length == csv.getFirst().split(",", -1).length);
        for (var plot : List.of("time-2-shots.png", "memory-2-shots.png")) {
            assertThat(ImageIO.read(target.resolve(plot).toFile()).getWidth()).isEqualTo(900);
        }
        assertThat(report.json()).hasSize(4);
        assertThat(report.json().getFirst()).containsEntry("method", "skip").containsKeys("h", "paper_style_bytes");
    }

    /** Nine blocks' vectors do not fit towers of three and four. */
    @Test
    void aRunThatFailsLeavesTheOthers() {
        var recorder = new Recorder();
        var comparison = BaseToNew.run(
                plan(List.of(1.0), "maple", "kgcoop"), clip, data, folder.resolve("failing"), "", recorder);
        assertThat(recorder.failures).hasSize(2).allMatch(line -> line.startsWith("MaPLe, 2 shots, seed "));
        assertThat(comparison.rows().getFirst().failures()).isEqualTo(2);
        assertThat(comparison.rows().getFirst().base()).isEmpty();
        assertThat(comparison.rows().getLast().failures()).isZero();
        assertThat(comparison.rows().getLast().harmonicMean()).isPresent();
    }

    @Test
    void meansAndDeviationsAreOverSeeds() {
        var comparison = new Comparison.Row(
                Method.SKIP, 4, 1, List.of(outcome(60, 30, 10), outcome(70, 40, 20), outcome(80, 50, 30)));
        assertThat(comparison.base().orElseThrow()).isCloseTo(70, within(1e-9));
        assertThat(comparison.baseDeviation()).isCloseTo(10, within(1e-9));
        assertThat(comparison.harmonicMean().orElseThrow()).isCloseTo(2 * 70 * 40 / 110.0, within(1e-9));
        assertThat(comparison.seconds()).isCloseTo(20, within(1e-9));
    }

    private static RunOutcome outcome(double base, double unseen, double seconds) {
        return new RunOutcome(
                Optional.empty(), Optional.empty(), Optional.of(base), Optional.of(unseen), seconds, 1, 1, 1, 1, 1);
    }
}
