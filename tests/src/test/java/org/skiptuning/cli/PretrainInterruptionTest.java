package org.skiptuning.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code pretrain} on the bundled pictures, in processes of their own that are stopped, killed and resumed. */
@Tag("slow")
class PretrainInterruptionTest {
    private static final int STEPS = 6;

    @TempDir
    private Path folder;

    private String[] pretraining(String output, String... more) {
        var arguments = new ArrayList<>(List.of(
                "pretrain",
                "-q",
                "--output",
                output,
                "--steps",
                Integer.toString(STEPS),
                "--save-every",
                "2",
                "--threads",
                "2"));
        arguments.addAll(Arrays.asList(more));
        return arguments.toArray(String[]::new);
    }

    /** Where the tests keep the drawn pictures. */
    private static Map<String, String> cache() {
        return Map.of("SKIP_TUNING_CACHE", Path.of("target").toAbsolutePath().toString());
    }

    private ProcessRun run(String... arguments) throws Exception {
        try (var started = ProcessRun.start(folder, cache(), arguments)) {
            return started.await();
        }
    }

    private void awaitSteps(String output, int steps, Process process) throws Exception {
        var log = folder.resolve(output).resolve("metrics.jsonl");
        while (process.isAlive()
                && (!Files.exists(log) || Files.readAllLines(log).size() < steps)) {
            Thread.sleep(5);
        }
    }

    private byte[] weights(String output) throws Exception {
        return Files.readAllBytes(folder.resolve(output).resolve("open_clip_model.safetensors"));
    }

    @Test
    void aStoppedAndAKilledRunGoOnToTheSameBytes() throws Exception {
        var whole = run(pretraining("whole"));
        assertThat(whole.err()).isEmpty();
        assertThat(whole.status()).isZero();

        try (var started = ProcessRun.start(folder, cache(), pretraining("parts"))) {
            awaitSteps("parts", 1, started.process());
            started.signal("TERM");
            var run = started.await();
            assertThat(run.status()).isEqualTo(143);
            assertThat(run.err().lines()).singleElement().asString().contains("--resume");
        }
        try (var started = ProcessRun.start(folder, cache(), pretraining("parts", "--resume"))) {
            awaitSteps("parts", 4, started.process());
            started.signal("KILL");
            assertThat(started.await().status()).isEqualTo(137);
        }
        var resumed = run(pretraining("parts", "--resume"));
        assertThat(resumed.err()).isEmpty();
        assertThat(resumed.status()).isZero();
        assertThat(weights("parts")).isEqualTo(weights("whole"));
    }
}
