package org.skiptuning.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import org.junit.jupiter.api.Test;
import org.skiptuning.SkipTuningException;
import org.skiptuning.TrainingInterruptedException;

/** Whatever goes wrong becomes one line that names the file and what to do. */
class FailuresTest {
    @Test
    void anInterruptionThatFailsIsAFailure() {
        var err = new ByteArrayOutputStream();
        var streams = CommandRun.streams(new ByteArrayOutputStream(), err);
        streams.interruption().request(15);
        var line = Main.commandLine(streams).getSubcommands().get("train");
        int status = Failures.report(
                streams, line, line.getParseResult(), new SkipTuningException("No space left on the disk"));
        assertThat(status).isEqualTo(1);
        assertThat(err.toString(StandardCharsets.UTF_8))
                .contains("No space left")
                .doesNotContain("--resume");

        err.reset();
        status = Failures.report(streams, line, line.getParseResult(), new TrainingInterruptedException("Stopped", 7));
        assertThat(status).isEqualTo(143);
        assertThat(err.toString(StandardCharsets.UTF_8))
                .contains("after step 7")
                .contains("--resume");
    }

    @Test
    void speaksPlainly() {
        assertThat(Failures.describe(new SkipTuningException("a.pt is cut short:\n fetch it again")))
                .isEqualTo("a.pt is cut short: fetch it again");
        assertThat(Failures.describe(new UncheckedIOException(new NoSuchFileException("/a/b"))))
                .isEqualTo("/a/b does not exist; check the path");
        assertThat(Failures.describe(new AccessDeniedException("/a/b"))).contains("/a/b may not be accessed");
        assertThat(Failures.describe(new FileSystemException("/a/b", null, "No space left on device")))
                .isEqualTo("/a/b: no space left on the disk; free some or write elsewhere");
        assertThat(Failures.describe(new IOException("No space left on device")))
                .contains("no space left on the disk");
        assertThat(Failures.describe(new OutOfMemoryError("Java heap space")))
                .contains("Java heap")
                .contains("-Xmx");
        assertThat(Failures.describe(new ArithmeticException("/ by zero")))
                .isEqualTo("internal error: ArithmeticException: / by zero; please report it with the output of -v");
    }
}
