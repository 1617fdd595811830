package org.skiptuning;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.skiptuning.benchmark.Protocol;
import org.skiptuning.benchmark.RemainingJobs;
import org.skiptuning.benchmark.Shard;
import org.skiptuning.benchmark.Sweep;
import org.skiptuning.benchmark.SweepPlan;
import org.skiptuning.benchmark.SweepRow;
import org.skiptuning.benchmark.job.DataReference;
import org.skiptuning.benchmark.job.Job;
import org.skiptuning.benchmark.job.JobExecutor;
import org.skiptuning.benchmark.job.JobStore;
import org.skiptuning.benchmark.job.ModelReference;
import org.skiptuning.benchmark.job.SequentialExecutor;
import org.skiptuning.benchmark.job.Surroundings;
import org.skiptuning.benchmark.job.Workplace;
import org.skiptuning.benchmark.report.SweepReport;

/** What a sweep's folder keeps: for the next sweep, beside another, and when somebody edits it. */
class SweepFolderTest {
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
    void whatOthersKeepInAFolderIsLeftAlone() throws IOException {
        var foreign = Files.createDirectories(folder.resolve("foreign"));
        Files.writeString(foreign.resolve("report.md"), "mine");
        assertThatExceptionOfType(SkipTuningException.class)
                .isThrownBy(() -> sweep.run(sweep.plan(List.of(1.0), "tip-adapter"), foreign, new TinySweep.Recorder()))
                .withMessageContaining("holds files that no sweep made: name a new or an empty folder");
        assertThat(foreign.resolve("report.md")).hasContent("mine");
        assertThat(foreign.resolve("sweep.json")).doesNotExist();
    }

    /** A run's file may have been cut or edited; a failure in it may have passed. */
    @Test
    void damagedResultsAreNotReported() throws IOException {
        var results = folder.resolve("damaged");
        var plan = sweep.plan(List.of(1.0), "tip-adapter");
        var comparison = sweep.run(plan, results, new TinySweep.Recorder());
        var file = results.resolve("tiny/tip-adapter/2-shots/seed-1/result.json");
        var whole = Files.readString(file);
        for (var broken : List.of(
                "",
                "[]",
                whole.replaceFirst("\"base\" : [0-9.]+", "\"base\" : 1e300"),
                whole.replaceFirst("\"base\" : [0-9.]+", "\"base\" : -5"),
                whole.replaceFirst("(?s)\"accuracies\" : \\{[^}]*\\}", "\"accuracies\" : {}"),
                whole.replaceFirst("\"seconds\" : [0-9.E-]+", "\"seconds\" : -1"))) {
            assertThat(broken).isNotEqualTo(whole);
            Files.writeString(file, broken);
            assertThatExceptionOfType(SkipTuningException.class)
                    .isThrownBy(() -> sweep.run(plan, results, new TinySweep.Recorder()))
                    .withMessageContaining("cannot be read: remove it");
        }
        Files.writeString(file, whole.replaceFirst("\"error\" : null", "\"error\" : \"boom\""));
        var again = sweep.run(plan, results, new TinySweep.Recorder());
        assertThat(again.failures()).isZero();
        assertThat(again.rows().getFirst().accuracy(Protocol.BASE))
                .isEqualTo(comparison.rows().getFirst().accuracy(Protocol.BASE));
    }

    /** Seeds that are added are measured at the rate that the row was begun with. */
    @Test
    void aRowKeepsItsChoice() throws IOException {
        var results = folder.resolve("choices");
        var factors = List.of(50.0, 1.0);
        var first = sweep.run(sweep.plan(factors, "clip-adapter"), results, new TinySweep.Recorder())
                .rows()
                .getFirst();
        assertThat(first.chosenBySeed()).contains(1L);
        assertThat(first.rateFactors()).containsExactly(1.0, 50.0);
        var more = sweep.plan(List.of(7L), factors, "clip-adapter");
        var grown = sweep.run(more, results, new TinySweep.Recorder()).rows();
        assertThat(grown).singleElement().satisfies(row -> {
            assertThat(row.seeds()).containsExactly(1L, 2L, 7L);
            assertThat(row.rateFactor()).isEqualTo(first.rateFactor());
            assertThat(row.chosenBySeed()).contains(1L);
        });
        assertThat(results.resolve("tiny/clip-adapter/2-shots/seed-7/rate-1/choice.json"))
                .doesNotExist();

        // Other settings are another comparison.
        var otherwise = sweep.plan(
                List.of(sweep.data()),
                List.of(2),
                List.of(8L),
                factors,
                (entrant, dataSet, shots) -> SkipTuning.builder(TinySweep.recipe(entrant, shots))
                        .epochs(3)
                        .settings(),
                "clip-adapter");
        assertThatExceptionOfType(SkipTuningException.class)
                .isThrownBy(() -> sweep.run(otherwise, results, new TinySweep.Recorder()))
                .withMessageContaining("holds runs with epochs 2 instead of 3; name another --output");
        for (var broken : List.of("{\"rate_factor\": 1.0}", "{\"seeds\": null}", "")) {
            Files.writeString(results.resolve("tiny/clip-adapter/2-shots/row-1-50.json"), broken);
            assertThatExceptionOfType(SkipTuningException.class)
                    .isThrownBy(() -> sweep.run(sweep.plan(factors, "linear"), results, new TinySweep.Recorder()))
                    .withMessageContaining("row-1-50.json cannot be read: remove it");
        }
    }

    /** A data set more is no other sweep: what the others came to does not hang on it. */
    @Test
    void aSweepGrowsByDataSets() throws IOException {
        var results = folder.resolve("more data");
        var other = new DataReference.Table(Files.copy(folder.resolve("tiny.csv"), folder.resolve("other.csv")));
        var one = several(List.of(sweep.data()));
        var both = several(List.of(sweep.data(), other));
        sweep.run(one, results, new TinySweep.Recorder());
        var second = new TinySweep.Recorder();
        assertThat(sweep.run(both, results, second).rows().stream()
                        .map(SweepRow::task)
                        .distinct())
                .containsExactly("tiny", "other");
        assertThat(second.failures).isEmpty();
    }

    /** Each shard has its share of every method, and together they have everything once. */
    @Test
    void shardsShareOutEachMethod() {
        var plan = several(List.of(sweep.data()));
        var own = List.of(new Shard(1, 2), new Shard(2, 2)).stream()
                .map(shard -> {
                    var recorder = new TinySweep.Recorder();
                    Sweep.run(plan, folder.resolve("shards"), TinySweep.KIND, shard, sweep.executor(), recorder);
                    assertThat(recorder.runs).hasSize(Sweep.runs(plan, shard));
                    return recorder.runs;
                })
                .toList();
        for (var runs : own) {
            assertThat(runs).anyMatch(title -> title.contains("Tip-Adapter"));
            assertThat(runs).anyMatch(title -> title.contains("CLIP-Adapter"));
        }
        assertThat(own.stream().flatMap(List::stream)).hasSize(plan.runs()).doesNotHaveDuplicates();
    }

    /** What one command finished, the report of the next one in the same folder has, too. */
    @Test
    void aComparisonGrows() {
        var results = folder.resolve("growing");
        var first = sweep.run(sweep.plan(List.of(1.0), "tip-adapter", "linear"), results, new TinySweep.Recorder());
        var second = sweep.run(sweep.plan(List.of(2.0), "clip-adapter"), results, new TinySweep.Recorder());
        assertThat(second.rows()).hasSize(3).containsAll(first.rows());
        var text = new SweepReport("Grown", List.of(), second).markdown();
        assertThat(text)
                .contains(
                        "| Tip-Adapter |",
                        "| Linear probe |",
                        "| 2 |",
                        "all are as recipes and options have them times 2.");
        var one = sweep.plan(List.of(3L), List.of(1.0), "linear");
        var third = sweep.run(one, results, new TinySweep.Recorder());
        assertThat(third.rows().stream()
                        .filter(row -> row.entrant().method().equals(Method.of("linear")))
                        .flatMap(row -> row.seeds().stream()))
                .containsExactly(1L, 2L, 3L);
        assertThat(new SweepReport("Grown", List.of(), third).markdown()).contains("| seeds |", "| 1, 2 and 3 |");
    }

    private static SweepPlan several(List<DataReference> sets) {
        return sweep.plan(
                sets,
                List.of(1, 2),
                List.of(1L),
                List.of(1.0),
                (entrant, dataSet, shots) -> TinySweep.recipe(entrant, shots),
                "tip-adapter",
                "clip-adapter");
    }

    /** The untouched model's figures, too, are of whatever sweep they were. */
    @Test
    void theUntouchedModelStays() throws IOException {
        var results = folder.resolve("untouched");
        var other = new DataReference.Table(Files.copy(folder.resolve("tiny.csv"), folder.resolve("second.csv")));
        sweep.run(several(List.of(sweep.data())), results, new TinySweep.Recorder());
        assertThat(sweep.run(several(List.of(other)), results, new TinySweep.Recorder())
                        .zeroShot())
                .containsOnlyKeys("tiny", "second");
    }

    /** A row that failed is told of by later reports, until it is done. */
    @Test
    void aFailureIsNotForgotten() {
        var results = folder.resolve("failure");
        sweep.run(sweep.plan(List.of(1.0), "maple"), results, new TinySweep.Recorder());
        var later = sweep.run(sweep.plan(List.of(1.0), "tip-adapter"), results, new TinySweep.Recorder());
        assertThat(later.rows()).hasSize(2);
        assertThat(later.failures()).isEqualTo(2);
        // But it is none of this command's.
        assertThat(later.failures(sweep.plan(List.of(1.0), "tip-adapter"), Shard.ALL))
                .isZero();
        assertThat(later.failures(sweep.plan(List.of(1.0), "maple"), Shard.ALL)).isEqualTo(2);
    }

    @Test
    void whatSweepItIsHasToBeReadable() throws IOException {
        var results = folder.resolve("unknown");
        var plan = sweep.plan(List.of(1.0), "tip-adapter");
        sweep.run(plan, results, new TinySweep.Recorder());
        for (var broken : List.of("", "[]", "{\"model\":")) {
            Files.writeString(results.resolve("sweep.json"), broken);
            assertThatExceptionOfType(SkipTuningException.class)
                    .isThrownBy(() -> sweep.run(plan, results, new TinySweep.Recorder()))
                    .withMessageContaining("sweep.json is damaged, so that nobody knows what sweep it is of");
        }
        Files.writeString(results.resolve("sweep.json"), "{}");
        assertThatExceptionOfType(SkipTuningException.class)
                .isThrownBy(() -> sweep.run(plan, results, new TinySweep.Recorder()))
                .withMessageContaining("holds a sweep with model unknown instead of here");
    }

    /** Two commands that add seeds to one row at the same time: neither takes away what the other added. */
    @Test
    void sweepsAtTheSameTimeAddToOneRow() {
        var results = folder.resolve("together");
        var own = sweep.plan(List.of(1L, 2L), List.of(1.0), "clip-adapter");
        var others = sweep.plan(List.of(7L), List.of(1.0), "clip-adapter");
        var meanwhile = new JobExecutor() {
            @Override
            public void run(List<Job> jobs, JobStore store, Listener listener) {
                sweep.executor().run(jobs, store, listener);
                sweep.run(others, results, new TinySweep.Recorder());
            }

            @Override
            public void close() {}
        };
        Sweep.run(own, results, TinySweep.KIND, Shard.ALL, meanwhile, new TinySweep.Recorder());
        assertThat(sweep.run(own, results, new TinySweep.Recorder()).rows())
                .singleElement()
                .satisfies(row -> assertThat(row.seeds()).containsExactly(1L, 2L, 7L));
    }

    /** Two that chose differently: the first row stays, and the other's seeds are measured with its factor. */
    @Test
    void aChoiceIsNotReplaced() {
        var results = folder.resolve("two choices");
        var own = sweep.plan(List.of(1L), List.of(1.0, 50.0), "clip-adapter");
        var file = results.resolve("tiny/clip-adapter/2-shots/row-1-50.json");
        var meanwhile = new JobExecutor() {
            private int calls;

            @Override
            public void run(List<Job> jobs, JobStore store, Listener listener) {
                sweep.executor().run(jobs, store, listener);
                if (++calls == 2) {
                    sweep.run(sweep.plan(List.of(7L), List.of(1.0, 50.0), "clip-adapter"), results, listener);
                    try {
                        Files.writeString(
                                file,
                                Files.readString(file)
                                        .replaceFirst("\"rate_factor\" : [0-9.]+", "\"rate_factor\" : 50.0"));
                    } catch (IOException failure) {
                        throw new UncheckedIOException(failure);
                    }
                }
            }

            @Override
            public void close() {}
        };
        var rows = Sweep.run(own, results, TinySweep.KIND, Shard.ALL, meanwhile, new TinySweep.Recorder())
                .rows();
        assertThat(rows).singleElement().satisfies(row -> {
            assertThat(row.rateFactor()).isEqualTo(50);
            assertThat(row.seeds()).containsExactly(1L, 7L);
        });
        assertThat(file).content().containsPattern("\"rate_factor\" : 50.0");
    }

    /** Rows and runs that somebody edited or moved are no others' and lead nowhere else. */
    @Test
    void editedRowsAreRefused() throws IOException {
        var results = folder.resolve("edited");
        var plan = sweep.plan(List.of(1.0), "tip-adapter", "clip-adapter");
        sweep.run(plan, results, new TinySweep.Recorder());
        var file = results.resolve("tiny/tip-adapter/2-shots/row-1.json");
        var whole = Files.readString(file);
        for (var broken : List.of(
                whole.replace("\"task\" : \"tiny\"", "\"task\" : \"x/../../escaped\""),
                whole.replace("\"shots\" : 2", "\"shots\" : -5"),
                whole.replace("\"method\" : \"tip-adapter\"", "\"method\" : \"linear\""),
                whole.replace("\"rate_factors\" : [ 1.0 ]", "\"rate_factors\" : [ 7.0 ]")
                        .replace("\"rate_factor\" : 1.0", "\"rate_factor\" : 7.0"),
                whole.replace("tiny/tip-adapter/2-shots/seed-1/", "tiny/clip-adapter/2-shots/seed-1/rate-1/"),
                whole.replace("tiny/tip-adapter/2-shots/seed-1/", "tiny/tip-adapter/2-shots/seed-2/"))) {
            assertThat(broken).isNotEqualTo(whole);
            Files.writeString(file, broken);
            assertThatExceptionOfType(SkipTuningException.class)
                    .as(broken)
                    .isThrownBy(() -> sweep.run(plan, results, new TinySweep.Recorder()))
                    .withMessageContaining("cannot be read: remove it");
        }
        Files.writeString(file, whole);
        var run = results.resolve("tiny/clip-adapter/2-shots/seed-2/rate-1/result.json");
        var result = Files.readString(run);
        for (var broken : List.of(
                result.replaceFirst("\"new\" : [0-9.]+", "").replaceFirst("(\"base\" : [0-9.]+),", "$1"),
                result.replaceFirst("\"identity\"", "\"other\""))) {
            assertThat(broken).isNotEqualTo(result);
            Files.writeString(run, broken);
            assertThatExceptionOfType(SkipTuningException.class)
                    .as(broken)
                    .isThrownBy(() -> sweep.run(plan, results, new TinySweep.Recorder()))
                    .withMessageContaining("result.json cannot be read: remove it");
        }
    }

    /** Two identical commands share the runs out: none is done twice, and both tell all of them. */
    @Test
    void twoCommandsShareTheRuns() throws Exception {
        var results = folder.resolve("shared");
        var plan = sweep.plan(List.of(1.0), "skip", "clip-adapter", "tip-adapter");
        try (var second = new SequentialExecutor(new Workplace());
                var threads = Executors.newFixedThreadPool(2)) {
            var both = List.of(
                    threads.submit(() -> sweep.run(plan, results, new TinySweep.Recorder())),
                    threads.submit(() ->
                            Sweep.run(plan, results, TinySweep.KIND, Shard.ALL, second, new TinySweep.Recorder())));
            assertThat(both.get(0).get()).isEqualTo(both.get(1).get());
            assertThat(both.get(0).get().failures()).isZero();
        }
        assertThat(Files.readAllLines(results.resolve("results.jsonl"))).hasSize(plan.runs());
        assertThat(results.resolve("tiny/skip/2-shots/seed-1/rate-1/.running")).doesNotExist();
    }

    /** Other pictures than were planned with, as on a machine with another copy: the runs fail, and nothing is filed. */
    @Test
    void otherPicturesThanPlannedAreRefused() throws IOException {
        var table = Files.copy(folder.resolve("tiny.csv"), folder.resolve("changing.csv"));
        var plan = sweep.plan(
                List.of(new DataReference.Table(table)),
                List.of(1),
                List.of(1L),
                List.of(1.0),
                (entrant, dataSet, shots) -> TinySweep.recipe(entrant, shots),
                "tip-adapter");
        var lines = Files.readAllLines(table);
        Files.write(table, lines.subList(1, lines.size()));
        var recorder = new TinySweep.Recorder();
        var results = sweep.run(plan, folder.resolve("changed"), recorder);
        assertThat(recorder.failures)
                .hasSize(2)
                .allMatch(line -> line.contains("The data set changing is not what it was when the run was planned"));
        assertThat(results.failures(plan, Shard.ALL)).isEqualTo(2);
    }

    /** What is left of a plan is told without model and data: what is done, where choices stand, and what is not his. */
    @Test
    void whatIsLeftIsKnownAhead() throws IOException {
        var results = folder.resolve("left");
        var plan = sweep.plan(List.of(1.0, 50.0), "clip-adapter", "tip-adapter");
        var all = RemainingJobs.of(plan, Shard.ALL);
        assertThat(all).hasSize(plan.runs());
        assertThat(RemainingJobs.of(plan, new Shard(1, 2))).hasSize(Sweep.runs(plan, new Shard(1, 2)));
        assertThat(RemainingJobs.of(plan, Shard.ALL, results, TinySweep.KIND)).isEqualTo(all);

        var row = sweep.run(plan, results, new TinySweep.Recorder()).rows().getFirst();
        var blind = blind(plan);
        assertThat(RemainingJobs.of(blind, Shard.ALL, results, Map.of())).isEmpty();

        var rate = results.resolve("tiny/clip-adapter/2-shots/seed-2/rate-" + (int) row.rateFactor());
        Files.delete(rate.resolve("result.json"));
        assertThat(RemainingJobs.of(blind, Shard.ALL, results, Map.of()))
                .singleElement()
                .satisfies(job -> assertThat(job.title()).isEqualTo("tiny: CLIP-Adapter, 2 shots, seed 2"));

        // Without the row the choices tell what it would be; without one of those there is no telling yet.
        Files.delete(results.resolve("tiny/clip-adapter/2-shots/row-1-50.json"));
        assertThat(RemainingJobs.of(blind, Shard.ALL, results, Map.of())).hasSize(1);
        Files.delete(results.resolve("tiny/clip-adapter/2-shots/seed-1/rate-50/choice.json"));
        assertThat(RemainingJobs.of(blind, Shard.ALL, results, Map.of())).hasSize(1 + 2);

        assertThatExceptionOfType(SkipTuningException.class)
                .isThrownBy(() -> RemainingJobs.of(plan, Shard.ALL, results, Map.of("model", "there")))
                .withMessageContaining("holds a sweep with model here instead of there");
        var otherwise = sweep.plan(
                List.of(sweep.data()),
                List.of(2),
                List.of(1L),
                List.of(1.0, 50.0),
                (entrant, dataSet, shots) -> SkipTuning.builder(TinySweep.recipe(entrant, shots))
                        .epochs(3)
                        .settings(),
                "clip-adapter");
        assertThatExceptionOfType(SkipTuningException.class)
                .isThrownBy(() -> RemainingJobs.of(otherwise, Shard.ALL, results, Map.of()))
                .withMessageContaining("epochs 2 instead of 3");
    }

    /** As a plan is before its model and data are opened. */
    private static SweepPlan blind(SweepPlan plan) {
        return new SweepPlan(
                plan.protocol(),
                plan.tasks(),
                plan.entrants(),
                plan.shots(),
                plan.seeds(),
                plan.rateFactors(),
                plan.recipe(),
                new ModelReference(Path.of("."), Optional.empty(), ""),
                plan.templates(),
                Map.of(),
                Set.of(),
                new Surroundings("cuda", Precision.FP32, 8, false, false));
    }
}
