package org.skiptuning;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TraceWriterTest {
    @TempDir
    Path folder;

    private static StepMetrics step(long step) {
        return new StepMetrics(
                2,
                step,
                10,
                1.1f,
                new LearningRates(2e-5, 5e-6),
                List.of(0, 3, 7),
                List.of(Path.of("a b.png"), Path.of("ü.png")));
    }

    @Test
    void aLineHoldsEveryDigitOfTheLoss() {
        assertThat(TraceWriter.line(step(0)))
                .isEqualTo("{\"epoch\":2,\"images\":[\"a b.png\",\"ü.png\"],\"classes\":[0,3,7],"
                        + "\"loss\":1.100000023841858,\"lr\":{\"text\":2.0E-5,\"image\":5.0E-6}}");
    }

    @Test
    void aResumedRunDropsTheLinesThatItWillWriteAgain() throws IOException {
        var file = folder.resolve("trace.jsonl");
        try (var trace = new TraceWriter(file)) {
            trace.onStart(0, 10);
            for (var i = 0; i < 5; i++) {
                trace.onStep(step(i));
            }
        }
        var whole = Files.readAllLines(file);
        Files.writeString(file, Files.readString(file) + "{\"half a li");

        try (var trace = new TraceWriter(file)) {
            trace.onStart(3, 10);
            trace.onStep(step(3));
            trace.onStep(step(4));
        }

        assertThat(Files.readAllLines(file)).isEqualTo(whole);
    }

    @Test
    void aNewRunBeginsANewFile() throws IOException {
        var file = folder.resolve("trace.jsonl");
        Files.writeString(file, "old\n");
        try (var trace = new TraceWriter(file)) {
            trace.onStart(0, 10);
        }

        assertThat(file).isEmptyFile();
    }

    @Test
    void missingLinesAreReported() throws IOException {
        var file = folder.resolve("trace.jsonl");
        Files.writeString(file, "one\n");
        try (var trace = new TraceWriter(file)) {
            assertThatExceptionOfType(SkipTuningException.class)
                    .isThrownBy(() -> trace.onStart(2, 10))
                    .withMessage("The trace " + file + " has 1 lines but the run has done 2 steps: resume without a"
                            + " trace, or start again");
        }
    }
}
