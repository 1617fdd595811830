package org.skiptuning.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class ProgressRendererTest {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final AtomicLong clock = new AtomicLong();

    private ProgressRenderer renderer(boolean interactive) {
        var terminal = new Terminal(new PrintStream(bytes, true, StandardCharsets.UTF_8), interactive, false, 80);
        return new ProgressRenderer(terminal, clock::get);
    }

    private void steps(ProgressRenderer renderer, int from, int to, int total) {
        for (int done = from; done <= to; done++) {
            clock.addAndGet(1_000_000_000L);
            renderer.update(done, total, Optional.of(1.5));
        }
    }

    private String text() {
        return bytes.toString(StandardCharsets.UTF_8);
    }

    @Test
    void withoutATerminalAShortPhaseSaysNothing() {
        try (var renderer = renderer(false)) {
            renderer.begin("training", "steps");
            steps(renderer, 1, 9, 9);
        }
        assertThat(text()).isEmpty();
    }

    @Test
    void withoutATerminalALongPhaseIsALineEveryTenSeconds() {
        try (var renderer = renderer(false)) {
            renderer.begin("training", "steps");
            steps(renderer, 1, 35, 100);
        }
        assertThat(text().lines())
                .containsExactly(
                        "training: 10 of 100 steps (10 %), 1.0 steps/s, loss 1.500, 1:30 left",
                        "training: 20 of 100 steps (20 %), 1.0 steps/s, loss 1.500, 1:20 left",
                        "training: 30 of 100 steps (30 %), 1.0 steps/s, loss 1.500, 1:10 left",
                        "training: 35 steps in 35.0 s, loss 1.500");
    }

    @Test
    void onATerminalOneLineIsDrawnOverAndFits() {
        try (var renderer = renderer(true)) {
            renderer.begin("training", "steps");
            steps(renderer, 1, 50, 100);
            String line = text().substring(text().lastIndexOf('\r'));
            assertThat(line).contains("50 %", "1.0 steps/s", "loss 1.500", "0:50 left", "█");
            assertThat(line.replace("\r\u001b[K", "").length()).isLessThan(80);
            assertThat(text()).doesNotContain("\n");
        }
        assertThat(text()).endsWith("50 steps in 50.0 s, loss 1.500\n");
    }

    @Test
    void othersMayWriteInBetween() {
        var terminal = new Terminal(new PrintStream(bytes, true, StandardCharsets.UTF_8), true, false, 80);
        terminal.showLine("half done");
        terminal.guarded().println("a log line");
        assertThat(text()).isEqualTo("\r\u001b[Khalf done\r\u001b[Ka log line\n");
    }

    @Test
    void stepsOfAnEarlierProcessDoNotCountForTheRate() {
        try (var renderer = renderer(false)) {
            renderer.begin("training", "steps");
            steps(renderer, 901, 911, 1000);
        }
        assertThat(text()).contains("1.0 steps/s").contains("1:30 left");
    }

    @Test
    void timesReadLikeAClock() {
        assertThat(ProgressRenderer.clockTime(59.6)).isEqualTo("1:00");
        assertThat(ProgressRenderer.clockTime(3725)).isEqualTo("1:02:05");
        assertThat(ProgressRenderer.seconds(12.34)).isEqualTo("12.3 s");
    }
}
