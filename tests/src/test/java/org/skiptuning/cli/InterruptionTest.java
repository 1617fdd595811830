package org.skiptuning.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Runs in processes of their own that are stopped, killed and resumed. */
class InterruptionTest {
    private static final int EPOCHS = 60;
    private static final int STEPS = 4 * EPOCHS;
    private static final int INTERRUPT_SIGNAL_BIT = 1 << 1;

    @TempDir
    static Path shared;

    @TempDir
    Path own;

    private static byte[] expected = new byte[0];

    @BeforeAll
    static void trainWithoutInterruption() throws Exception {
        TinyClip.write(shared.resolve("model"), 3);
        TinyPictures.write(shared.resolve("data"), 4, 1);
        var run = ProcessRun.of(shared, training(shared.resolve("whole")));
        assertThat(run.err()).isEmpty();
        assertThat(run.status()).isZero();
        assertThat(run.out()).contains("Skip Tuning").contains("240 steps");
        expected = weights(shared.resolve("whole"));
    }

    private static String[] training(Path output, String... more) {
        var arguments = new ArrayList<>(List.of(
                "train",
                "--model",
                shared.resolve("model").toString(),
                "--data",
                shared.resolve("data").toString(),
                "--shots",
                "4",
                "--start-layer",
                "2",
                "--epochs",
                Integer.toString(EPOCHS),
                "--threads",
                "1",
                "--output",
                output.toString()));
        arguments.addAll(Arrays.asList(more));
        return arguments.toArray(String[]::new);
    }

    private static byte[] weights(Path run) throws Exception {
        try (var files = Files.list(run)) {
            return Files.readAllBytes(
                    files.filter(file -> file.getFileName().toString().endsWith("model.safetensors"))
                            .findFirst()
                            .orElseThrow());
        }
    }

    private static void awaitLines(Path trace, long lines, Process process) throws Exception {
        while (process.isAlive()
                && (!Files.exists(trace) || Files.readAllLines(trace).size() < lines)) {
            Thread.sleep(5);
        }
    }

    @ParameterizedTest
    @CsvSource({"INT,130", "TERM,143"})
    void aSignalStopsCleanlyAndTheRunGoesOnToTheSameBytes(String signal, int status) throws Exception {
        assumeFalse(
                signal.equals("INT") && interruptIsIgnored(),
                "whoever started these tests ignores SIGINT, and so do their children");
        Path trace = own.resolve("trace.jsonl");
        Path output = own.resolve("run");
        try (var started = ProcessRun.start(own, Map.of(), training(output, "--trace", trace.toString()))) {
            awaitLines(trace, 30, started.process());
            started.signal(signal);
            var run = started.await();
            assertThat(run.status()).isEqualTo(status);
            assertThat(run.err().lines())
                    .singleElement()
                    .asString()
                    .contains("interrupted")
                    .contains("--resume");
        }
        var resumed = ProcessRun.of(own, training(output, "--trace", trace.toString(), "--resume"));
        assertThat(resumed.err()).isEmpty();
        assertThat(resumed.status()).isZero();
        assertThat(weights(output)).isEqualTo(expected);
        assertThat(Files.readAllLines(trace)).hasSize(STEPS);
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 61, 150})
    void aKilledRunGoesOnToTheSameBytes(int lines) throws Exception {
        Path trace = own.resolve("trace.jsonl");
        Path output = own.resolve("run");
        try (var started = ProcessRun.start(own, Map.of(), training(output, "--trace", trace.toString()))) {
            awaitLines(trace, lines, started.process());
            started.signal("KILL");
            assertThat(started.await().status()).isEqualTo(137);
        }
        var resumed = ProcessRun.of(own, training(output, "--resume"));
        assertThat(resumed.err()).isEmpty();
        assertThat(resumed.status()).isZero();
        assertThat(weights(output)).isEqualTo(expected);
    }

    @Test
    void aRunKilledWhileItSavesGoesOnToTheSameBytes() throws Exception {
        Path output = own.resolve("run");
        boolean caught = false;
        for (int attempt = 0; attempt < 20 && !caught; attempt++) {
            try (var started = ProcessRun.start(own, Map.of(), training(output))) {
                while (started.process().isAlive() && partial(output).isEmpty()) {
                    Thread.onSpinWait();
                }
                started.process().destroyForcibly();
                started.await();
            }
            caught = partial(output).isPresent();
        }
        assertThat(caught).as("a save that was cut short").isTrue();

        var resumed = ProcessRun.of(own, training(output, "--resume"));
        assertThat(resumed.err()).isEmpty();
        assertThat(resumed.status()).isZero();
        assertThat(weights(output)).isEqualTo(expected);
        assertThat(partial(output)).isEmpty();
    }

    /** A file that is being written, or was when the process died. */
    private static Optional<String> partial(Path folder) {
        var names = Optional.ofNullable(folder.toFile().list()).orElse(new String[0]);
        return Arrays.stream(names).filter(name -> name.endsWith(".partial")).findFirst();
    }

    @Test
    void resumingAFinishedRunChangesNothing() throws Exception {
        Path output = own.resolve("run");
        assertThat(ProcessRun.of(own, training(output)).status()).isZero();
        assertThat(ProcessRun.of(own, training(output, "--resume")).status()).isZero();
        assertThat(weights(output)).isEqualTo(expected);
    }

    @Test
    void otherSettingsAreNotResumed() throws Exception {
        Path output = own.resolve("run");
        assertThat(ProcessRun.of(own, training(output)).status()).isZero();
        var other = ProcessRun.of(own, training(output, "--resume", "--top-ratio", "0.9"));
        assertThat(other.status()).isEqualTo(1);
        assertThat(other.err().lines()).singleElement().asString().startsWith("skip-tuning train: ");
    }

    private static boolean interruptIsIgnored() throws Exception {
        String mask = Files.readAllLines(Path.of("/proc/self/status")).stream()
                .filter(line -> line.startsWith("SigIgn:"))
                .findFirst()
                .orElseThrow();
        return (Long.parseUnsignedLong(mask.replaceAll("^SigIgn:\\s*", ""), 16) & INTERRUPT_SIGNAL_BIT) != 0;
    }
}
