package org.skiptuning;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MetricsLogTest {
    @TempDir
    Path folder;

    private static StepMetrics step(int epoch, long step, float loss) {
        return new StepMetrics(epoch, step, 4, loss, new LearningRates(1e-5, 1e-6), List.of(1, 2), List.of());
    }

    @Test
    void whatIsReadBackWritesTheSameBytes() throws IOException {
        var log = MetricsLog.empty();
        log.add(step(0, 0, 1.1f));
        log.add(step(0, 1, 2.3f));
        log.add(step(1, 2, 0.1f));
        var first = folder.resolve("first");
        log.write(first);

        var second = folder.resolve("second");
        MetricsLog.read(first, 3, 2).write(second);

        assertThat(second).hasSameBinaryContentAs(first);
        assertThat(Files.readAllLines(first).getFirst())
                .isEqualTo("{\"epoch\":0,\"step\":0,\"loss\":1.100000023841858,\"kept_classes\":2,"
                        + "\"lr\":{\"text\":1.0E-5,\"image\":1.0E-6}}");
    }

    @Test
    void linesBeyondTheStateAreLeftOut() {
        var log = MetricsLog.empty();
        log.add(step(0, 0, 1));
        log.add(step(0, 1, 3));
        log.add(step(1, 2, 5));
        log.write(folder.resolve("log"));

        var read = MetricsLog.read(folder.resolve("log"), 2, 2);

        assertThat(read.steps()).isEqualTo(2);
        assertThat(read.meanLoss(0)).isEqualTo(2);
        assertThat(read.lastLoss()).contains(3.0);
        assertThat(MetricsLog.empty().lastLoss()).isEmpty();
        assertThat(MetricsLog.empty().lastEpochLoss()).isEmpty();
    }

    @Test
    void missingOrBrokenLinesAreReported() throws IOException {
        var log = folder.resolve("log");
        Files.writeString(log, "{\"epoch\":0,\n");

        assertThatExceptionOfType(CheckpointException.class).isThrownBy(() -> MetricsLog.read(log, 1, 1));
        Files.writeString(log, "");
        assertThatExceptionOfType(CheckpointException.class)
                .isThrownBy(() -> MetricsLog.read(log, 1, 1))
                .withMessageContaining("has 0 lines, but the run beside it has done 1 steps");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "null",
                "7",
                "[]",
                "{}",
                "{\"epoch\":0,\"step\":0,\"loss\":1,\"kept_classes\":2,\"lr\":null}",
                "{\"epoch\":0,\"step\":0,\"loss\":null,\"kept_classes\":2,\"lr\":{\"text\":1,\"image\":1}}",
                "{\"epoch\":0,\"step\":0,\"loss\":1e999,\"kept_classes\":2,\"lr\":{\"text\":1,\"image\":1}}",
                "{\"epoch\":0,\"step\":1,\"loss\":1,\"kept_classes\":2,\"lr\":{\"text\":1,\"image\":1}}",
                "{\"epoch\":5,\"step\":0,\"loss\":1,\"kept_classes\":2,\"lr\":{\"text\":1,\"image\":1}}",
                "{\"epoch\":0,\"step\":0,\"loss\":1,\"kept_classes\":2,\"lr\":{\"text\":1,\"image\":1}} x",
            })
    void aLineThatNoRunWroteIsNamed(String line) throws IOException {
        var log = Files.writeString(folder.resolve("log"), line + "\n");

        assertThatExceptionOfType(CheckpointException.class)
                .isThrownBy(() -> MetricsLog.read(log, 1, 1))
                .withMessage(log + " is damaged in line 1; start the run again without resume");
    }

    @Test
    void bytesThatAreNoTextAreTold() throws IOException {
        var log = Files.write(folder.resolve("log"), new byte[] {(byte) 0xff, 0, 1});

        assertThatExceptionOfType(CheckpointException.class)
                .isThrownBy(() -> MetricsLog.read(log, 1, 1))
                .withMessageContaining("Cannot read " + log + ": it isn't text in UTF-8");
    }
}
