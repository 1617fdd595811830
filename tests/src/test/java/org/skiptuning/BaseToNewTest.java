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
import java.util.Map;
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
import tools.jackson.databind.JsonNode;

/** A comparison of methods on a tiny model, from runs to reports. */
class BaseToNewTest {
    @TempDir
    static Path folder;

    private static final Map<String, String> HERE = Map.of("model", "here");

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
        public void onStep(long done, long total, Optional<Double> loss) {
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
        var comparison = BaseToNew.run(plan, clip, data, results, HERE, first);
        assertThat(first.failures).isEmpty();
        assertThat(first.runs).hasSize(plan.runs() + 1);
        assertThat(first.runs.getFirst()).isEqualTo("0 of 12 Skip Tuning, 2 shots, seed 1, rate × 1");
        assertThat(results.resolve("skip/2-shots/seed-1/rate-100/choice.json")).exists();
        for (var row : comparison.rows()) {
            assertThat(row.outcomes()).hasSize(2);
            assertThat(row.base()).isPresent();
            assertThat(row.unseen().isPresent()).isEqualTo(row.method().knowsOtherClasses());
            assertThat(row.rateFactor()).isEqualTo(chosen(results, row.method()));
        }
        // Finished runs are not done again, whoever asks.
        var result = results.resolve("linear/2-shots/seed-2/result.json");
        var written = Files.getLastModifiedTime(result);
        var second = new Recorder();
        assertThat(BaseToNew.run(plan, clip, data, results, HERE, second)).isEqualTo(comparison);
        assertThat(second.steps).isZero();
        assertThat(Files.getLastModifiedTime(result)).isEqualTo(written);
        assertThatExceptionOfType(SkipTuningException.class)
                .isThrownBy(() -> BaseToNew.run(plan, clip, data, results, Map.of("model", "there"), new Recorder()))
                .withMessageContaining("holds a comparison with model here instead of there; name another --output");
        Files.writeString(result, "{");
        assertThatExceptionOfType(SkipTuningException.class)
                .isThrownBy(() -> BaseToNew.run(plan, clip, data, results, HERE, new Recorder()))
                .withMessageContaining("cannot be read: remove it");
        requireReports(comparison);
    }

    /** The first factor of the best accuracy that the runs for the choice wrote down. */
    private static double chosen(Path results, Method method) throws IOException {
        var best = 1.0;
        var most = -1.0;
        for (var factor : method.takes("learning_rate") ? List.of(1.0, 100.0) : List.<Double>of()) {
            var file = results.resolve(method + "/2-shots/seed-1/rate-" + factor.intValue() + "/choice.json");
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
        assertThat(csv).hasSize(2 + 4 * 2);
        assertThat(csv.get(1)).startsWith("zero-shot,,,50.0,40.0,44.4");
        assertThat(csv.get(2)).startsWith("skip,2,1,");
        assertThat(csv.get(3)).startsWith("skip,2,2,");
        assertThat(csv)
                .allMatch(line -> line.split(",", -1).length == csv.getFirst().split(",", -1).length);
        for (var plot : List.of("time-2-shots.png", "memory-2-shots.png")) {
            assertThat(ImageIO.read(target.resolve(plot).toFile()).getWidth()).isEqualTo(900);
        }
        var json = SettingsJson.MAPPER.<JsonNode>valueToTree(report.json());
        assertThat(json.path("zero_shot").path("base").asInt()).isEqualTo(50);
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
        var recorder = new Recorder();
        var comparison = BaseToNew.run(
                plan(List.of(1.0), "maple", "kgcoop"), clip, data, folder.resolve("failing"), HERE, recorder);
        assertThat(recorder.failures).hasSize(2).allMatch(line -> line.startsWith("MaPLe, 2 shots, seed "));
        assertThat(comparison.rows().getLast().failures()).isEqualTo(2);
        assertThat(comparison.rows().getLast().base()).isEmpty();
        assertThat(comparison.rows().getFirst().failures()).isZero();
        assertThat(comparison.rows().getFirst().harmonicMean()).isPresent();
        assertThat(comparison.failures()).isEqualTo(2);
        assertThat(new ComparisonReport("Failing", List.of(), 50, 40, comparison).markdown())
                .contains("| MaPLe (2 failed) | – | – | – | 1 | – | – | – | – | – |");
    }

    @Test
    void whatOthersKeepInAFolderIsLeftAlone() throws IOException {
        var foreign = Files.createDirectories(folder.resolve("foreign"));
        Files.writeString(foreign.resolve("report.md"), "mine");
        assertThatExceptionOfType(SkipTuningException.class)
                .isThrownBy(() ->
                        BaseToNew.run(plan(List.of(1.0), "tip-adapter"), clip, data, foreign, HERE, new Recorder()))
                .withMessageContaining("holds files that no comparison made: name a new or an empty folder");
        assertThat(foreign.resolve("report.md")).hasContent("mine");
        assertThat(foreign.resolve("comparison.json")).doesNotExist();
    }

    /** A run's file may have been cut or edited; a failure in it may have passed. */
    @Test
    void damagedResultsAreNotReported() throws IOException {
        var results = folder.resolve("damaged");
        var plan = plan(List.of(1.0), "tip-adapter");
        var comparison = BaseToNew.run(plan, clip, data, results, HERE, new Recorder());
        var file = results.resolve("tip-adapter/2-shots/seed-1/result.json");
        var whole = Files.readString(file);
        for (var broken : List.of(
                "",
                "[]",
                whole.replaceFirst("\"base\" : [0-9.]+", "\"base\" : 1e300"),
                whole.replaceFirst("\"base\" : [0-9.]+", "\"base\" : -5"),
                whole.replaceFirst("\"base\" : [0-9.]+", "\"base\" : null"),
                whole.replaceFirst("\"seconds\" : [0-9.E-]+", "\"seconds\" : -1"))) {
            assertThat(broken).isNotEqualTo(whole);
            Files.writeString(file, broken);
            assertThatExceptionOfType(SkipTuningException.class)
                    .isThrownBy(() -> BaseToNew.run(plan, clip, data, results, HERE, new Recorder()))
                    .withMessageContaining("cannot be read: remove it");
        }
        Files.writeString(file, whole.replaceFirst("\"error\" : null", "\"error\" : \"boom\""));
        var again = BaseToNew.run(plan, clip, data, results, HERE, new Recorder());
        assertThat(again.failures()).isZero();
        assertThat(again.rows().getFirst().base())
                .isEqualTo(comparison.rows().getFirst().base());
    }

    /** Seeds that are added are measured at the rate that the row was begun with. */
    @Test
    void aRowKeepsItsChoice() throws IOException {
        var results = folder.resolve("choices");
        var factors = List.of(50.0, 1.0);
        var first = BaseToNew.run(plan(factors, "clip-adapter"), clip, data, results, HERE, new Recorder())
                .rows()
                .getFirst();
        assertThat(first.chosenBySeed()).contains(1L);
        assertThat(first.rateFactors()).containsExactly(1.0, 50.0);
        var more = new BaseToNew.Plan(
                List.of(Method.of("clip-adapter")),
                List.of(2),
                List.of(7L),
                factors,
                plan(factors, "skip").recipe());
        var grown =
                BaseToNew.run(more, clip, data, results, HERE, new Recorder()).rows();
        assertThat(grown).singleElement().satisfies(row -> {
            assertThat(row.seeds()).containsExactly(1L, 2L, 7L);
            assertThat(row.rateFactor()).isEqualTo(first.rateFactor());
            assertThat(row.chosenBySeed()).contains(1L);
        });
        assertThat(results.resolve("clip-adapter/2-shots/seed-7/rate-1/choice.json"))
                .doesNotExist();

        // Other settings are another comparison.
        var otherwise = new BaseToNew.Plan(
                more.methods(),
                List.of(2),
                List.of(8L),
                factors,
                (method, shots) -> SkipTuning.builder(more.recipe().of(method, shots))
                        .epochs(3)
                        .settings());
        assertThatExceptionOfType(SkipTuningException.class)
                .isThrownBy(() -> BaseToNew.run(otherwise, clip, data, results, HERE, new Recorder()))
                .withMessageContaining("holds runs with epochs 2 instead of 3; name another --output");
        for (var broken : List.of("{\"rate_factor\": 1.0}", "{\"seeds\": null}", "")) {
            Files.writeString(results.resolve("clip-adapter/2-shots/row-1-50.json"), broken);
            assertThatExceptionOfType(SkipTuningException.class)
                    .isThrownBy(() -> BaseToNew.run(plan(factors, "linear"), clip, data, results, HERE, new Recorder()))
                    .withMessageContaining("row-1-50.json cannot be read: remove it");
        }
    }

    /** A rate at which numbers ran away is not the one to choose, no failure of the comparison, and not tried again. */
    @Test
    void aRateThatRanAwayIsNotChosen() throws IOException {
        var results = folder.resolve("diverging");
        var plan = plan(List.of(1.0, 50.0), "clip-adapter");
        var chosen = BaseToNew.run(plan, clip, data, results, HERE, new Recorder())
                .rows()
                .getFirst()
                .rateFactor();
        ranAway(results, chosen);
        Files.delete(results.resolve("clip-adapter/2-shots/row-1-50.json"));
        var second = BaseToNew.run(plan, clip, data, results, HERE, new Recorder());
        assertThat(second.failures()).isZero();
        assertThat(second.rows().getFirst().rateFactor()).isEqualTo(51 - chosen);
        ranAway(results, 51 - chosen);
        Files.delete(results.resolve("clip-adapter/2-shots/row-1-50.json"));
        var third = new Recorder();
        assertThat(BaseToNew.run(plan, clip, data, results, HERE, third)
                        .rows()
                        .getFirst()
                        .outcomes())
                .hasSize(2)
                .allMatch(outcome -> outcome.error().orElse("").startsWith("every learning rate tried was too high"));
        assertThat(third.steps).isZero();
        assertThatExceptionOfType(SkipTuningException.class)
                .isThrownBy(
                        () -> BaseToNew.run(plan(List.of(1.0, 1e6), "skip"), clip, data, results, HERE, new Recorder()))
                .withMessage("The rate factor 1000000 is too high for skip: learningRate is 20.0: use 0.0 to 10.0");
    }

    private static void ranAway(Path results, double factor) throws IOException {
        var file = results.resolve("clip-adapter/2-shots/seed-1/rate-" + (int) factor + "/choice.json");
        Files.writeString(
                file,
                Files.readString(file)
                        .replace("\"error\" : null", "\"error\" : \"The loss is NaN\"")
                        .replace("\"diverged\" : false", "\"diverged\" : true")
                        .replaceFirst("\"validation\" : [0-9.]+", "\"validation\" : null"));
    }

    @Test
    void theSameTwiceIsOneRun() {
        var plan = new BaseToNew.Plan(
                List.of(Method.SKIP, Method.SKIP),
                List.of(2, 2),
                List.of(1L, 1L),
                List.of(1.0, 1.0),
                plan(List.of(1.0), "skip").recipe());
        assertThat(plan.runs()).isEqualTo(1);
    }

    @Test
    void meansAndDeviationsAreOverSeeds() {
        var comparison = new Comparison.Row(
                Method.SKIP,
                4,
                List.of(1.0),
                1,
                Optional.empty(),
                List.of(outcome(1, 60, 30, 10), outcome(2, 70, 40, 20), outcome(3, 80, 50, 30)));
        assertThat(comparison.base().orElseThrow()).isCloseTo(70, within(1e-9));
        assertThat(comparison.baseDeviation().orElseThrow()).isCloseTo(10, within(1e-9));
        assertThat(comparison.harmonicMean().orElseThrow()).isCloseTo(2 * 70 * 40 / 110.0, within(1e-9));
        assertThat(comparison.seconds()).isCloseTo(20, within(1e-9));
    }

    @Test
    void ofOneSeedThereIsNoDeviation() {
        var rows = List.of(
                new Comparison.Row(Method.SKIP, 4, List.of(1.0), 1, Optional.empty(), List.of(outcome(1, 60, 30, 10))),
                new Comparison.Row(Method.FULL, 4, List.of(1.0), 1, Optional.empty(), List.of(outcome(1, 60, 30, 10))));
        assertThat(rows.getFirst().harmonicMeanDeviation()).isEmpty();
        var text = new ComparisonReport("One", List.of(), 50, 40, new Comparison(rows)).markdown();
        assertThat(text)
                .contains("| Skip Tuning | 60.00 | 30.00 | 40.00 | 1 | 10.0 |")
                .contains("One run a row, of seed 1;", "No learning rate was chosen: all are the recipes'.")
                .doesNotContain("±", "[1");
    }

    /** One factor is taken without a trial, and what it comes to is not what another came to. */
    @Test
    void aSingleFactorIsApplied() throws IOException {
        var results = folder.resolve("factors");
        for (var factor : List.of(1.0, 50.0)) {
            var comparison =
                    BaseToNew.run(plan(List.of(factor), "clip-adapter"), clip, data, results, HERE, new Recorder());
            assertThat(comparison.rows().stream().map(Comparison.Row::rateFactor))
                    .containsExactlyInAnyOrderElementsOf(factor == 1 ? List.of(1.0) : List.of(50.0, 1.0));
            var file = results.resolve("clip-adapter/2-shots/seed-1/rate-" + factor.intValue() + "/result.json");
            var rate = SkipTuning.builder(Method.of("clip-adapter")).settings().learningRate();
            assertThat(SettingsJson.MAPPER
                            .readTree(Files.readString(file))
                            .path("settings")
                            .path("learning_rate")
                            .asDouble())
                    .isCloseTo(factor * rate, within(1e-12));
        }
    }

    /** What one command finished, the report of the next one in the same folder has, too. */
    @Test
    void aComparisonGrows() {
        var results = folder.resolve("growing");
        var first =
                BaseToNew.run(plan(List.of(1.0), "tip-adapter", "linear"), clip, data, results, HERE, new Recorder());
        var second = BaseToNew.run(plan(List.of(2.0), "clip-adapter"), clip, data, results, HERE, new Recorder());
        assertThat(second.rows()).hasSize(3).containsAll(first.rows());
        var text = new ComparisonReport("Grown", List.of(), 50, 40, second).markdown();
        assertThat(text).contains("| Tip-Adapter |", "| Linear probe |", "| 2 |", "all are the recipes' times 2.");
        var one = new BaseToNew.Plan(
                List.of(Method.of("linear")),
                List.of(2),
                List.of(3L),
                List.of(1.0),
                plan(List.of(1.0), "linear").recipe());
        var third = BaseToNew.run(one, clip, data, results, HERE, new Recorder());
        assertThat(third.rows().stream()
                        .filter(row -> row.method().equals(Method.of("linear")))
                        .flatMap(row -> row.seeds().stream()))
                .containsExactly(1L, 2L, 3L);
        assertThat(new ComparisonReport("Grown", List.of(), 50, 40, third).markdown())
                .contains("| seeds |", "| 1, 2 and 3 |");
    }

    private static RunOutcome outcome(long seed, double base, double unseen, double seconds) {
        return new RunOutcome(
                seed,
                Optional.empty(),
                false,
                Optional.empty(),
                Optional.of(base),
                Optional.of(unseen),
                seconds,
                1,
                1,
                1,
                Optional.of(1L),
                1);
    }
}
