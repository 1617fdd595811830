package org.skiptuning.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Sweeps in worker processes and in parts: whatever happens to them, the results are those of one process. */
@Tag("slow")
class WorkersTest {
    @TempDir
    Path folder;

    private Path model = Path.of("");
    private Path data = Path.of("");

    @BeforeEach
    void prepare() throws Exception {
        model = TinyClip.write(folder.resolve("model"), 3);
        data = TinyPictures.write(folder.resolve("pictures"), 4, 3);
    }

    private String[] sweep(String output, String... more) {
        var arguments = new ArrayList<>(List.of(
                "benchmark",
                "base-to-new",
                "--methods",
                "skip,clip-adapter,tip-adapter",
                "--shots",
                "2",
                "--seeds",
                "1,2",
                "--start-layer",
                "1",
                "--epochs",
                "2",
                "--rate-factors",
                "1",
                "--model",
                model.toString(),
                "--data",
                data.toString(),
                "--output",
                folder.resolve(output).toString()));
        arguments.addAll(List.of(more));
        return arguments.toArray(String[]::new);
    }

    /** All accuracies of a sweep; times and memory differ from run to run. */
    private JsonNode results(String output, String... more) {
        var arguments = new ArrayList<>(List.of(sweep(output, more)));
        arguments.addAll(List.of("--json", "-"));
        var run = CommandRun.of(arguments.toArray(String[]::new));
        assertThat(run.errors()).isEmpty();
        assertThat(run.status()).isZero();
        return withoutCosts(Json.read(run.out()));
    }

    private static JsonNode withoutCosts(JsonNode result) {
        var accuracies = (ObjectNode) result.deepCopy();
        accuracies.remove("output");
        accuracies.path("rows").forEach(row -> {
            var object = (ObjectNode) row;
            object.remove(List.of("seconds", "step_ms", "peak_memory_bytes", "peak_tensor_bytes"));
            object.path("runs").forEach(run -> ((ObjectNode) run).remove(List.of("seconds", "measured_on")));
        });
        return accuracies;
    }

    @Test
    void workersComeToTheSame() {
        assertThat(results("workers", "--workers", "2", "--threads", "2"))
                .isEqualTo(results("alone", "--threads", "1"));
        assertThat(folder.resolve("workers/pictures/skip/2-shots/seed-2/rate-1/metrics.jsonl"))
                .isNotEmptyFile();
        assertThat(folder.resolve("workers/pictures/skip/2-shots/seed-2/rate-1/spec.json"))
                .exists();
    }

    /** Pictures and texts are encoded in the sweep's precision, whoever does it. */
    @Test
    void workersComputeInTheSamePrecision() throws Exception {
        var alone = results("alone", "--threads", "1", "--precision", "bf16");
        assertThat(results("workers", "--workers", "1", "--threads", "1", "--precision", "bf16"))
                .isEqualTo(alone);
        var spec = Json.read(Files.readString(folder.resolve("workers/pictures/zero-shot/spec.json")));
        assertThat(spec.path("surroundings").path("precision").asString()).isEqualTo("bf16");
        assertThat(CommandRun.of(sweep("workers", "--workers", "1", "--threads", "1"))
                        .errorLines())
                .singleElement()
                .asString()
                .contains("precision bf16 instead of fp32");
    }

    /** A worker that is killed costs the run it was at, which the same command does again. */
    @Test
    void aKilledWorkerCostsOneRun() throws Exception {
        var expected = results("alone", "--threads", "1");
        var run = folder.resolve("killed/pictures/skip/2-shots/seed-1/rate-1");
        var killer = Thread.ofVirtual().start(() -> killTheWorkerIn(run));
        var first = CommandRun.of(sweep("killed", "--workers", "1", "--threads", "1"));
        killer.join();
        assertThat(first.status()).isEqualTo(1);
        assertThat(first.out())
                .contains("| Skip Tuning (1 failed) |")
                .contains("| pictures | Skip Tuning | 2 | 1 | its process ended with status 137");
        assertThat(first.err()).contains("1 of the runs failed");
        assertThat(results("killed", "--workers", "1", "--threads", "1")).isEqualTo(expected);
    }

    /** As soon as it is at that run. */
    private static void killTheWorkerIn(Path run) {
        var end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (System.nanoTime() < end && !Files.exists(run.resolve("log.txt"))) {
            Thread.onSpinWait();
        }
        ProcessHandle.current()
                .children()
                .filter(child -> child.info()
                        .arguments()
                        .map(List::of)
                        .filter(arguments -> arguments.contains("worker"))
                        .isPresent())
                .forEach(ProcessHandle::destroyForcibly);
    }

    /** Two parts, and then the whole, which finds everything done. */
    @Test
    void partsComeToTheSame() throws Exception {
        for (var part : List.of("1/2", "2/2")) {
            var run = CommandRun.of(sweep("parts", "--shard", part, "--threads", "1"));
            assertThat(run.status()).isZero();
            assertThat(run.out()).contains("Part " + part + " is done");
        }
        var file = folder.resolve("parts/pictures/skip/2-shots/seed-1/rate-1/result.json");
        var written = Files.getLastModifiedTime(file);
        assertThat(results("parts", "--threads", "1")).isEqualTo(results("alone", "--threads", "1"));
        assertThat(Files.getLastModifiedTime(file)).isEqualTo(written);
    }
}
