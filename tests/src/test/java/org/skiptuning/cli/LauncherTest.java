package org.skiptuning.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The script at the top of the checkout, after a build: it builds and fetches nothing more. */
class LauncherTest {
    private static final Path SCRIPT =
            Path.of("..", "skip-tuning").toAbsolutePath().normalize();
    private static final long PATIENCE_SECONDS = 60;

    @TempDir
    private Path folder;

    private ProcessRun run(Path script, String... arguments) throws Exception {
        var command = new ArrayList<>(List.of(script.toString()));
        command.addAll(List.of(arguments));
        Path out = Files.createTempFile(folder, "out", ".txt");
        Path err = Files.createTempFile(folder, "err", ".txt");
        var builder = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectOutput(out.toFile())
                .redirectError(err.toFile());
        builder.environment().remove("JAVA_TOOL_OPTIONS");
        var process = builder.start();
        try {
            assertThat(process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS))
                    .as(() -> "still running; see " + err)
                    .isTrue();
        } finally {
            process.destroyForcibly();
        }
        return new ProcessRun(process.exitValue(), Files.readString(out), Files.readString(err));
    }

    @Test
    void startsFromAnywhereThroughALink() throws Exception {
        var link = Files.createSymbolicLink(folder.resolve("ein Verweis ü"), SCRIPT);
        var run = run(link, "--version");
        assertThat(run.err()).isEmpty();
        assertThat(run.status()).isZero();
        assertThat(run.out()).startsWith("skip-tuning ");
    }

    @Test
    void helpFetchesNoPictures() throws Exception {
        var run = run(SCRIPT, "demo", "--help");
        assertThat(run.err()).isEmpty();
        assertThat(run.status()).isZero();
        assertThat(run.out()).contains("skip-tuning demo");
    }

    @Test
    void passesTheExitStatusOn() throws Exception {
        var run = run(SCRIPT, "zero-shot", "--data", "no such folder", "--model", "no such model");
        assertThat(run.status()).isEqualTo(1);
        assertThat(run.err().lines()).singleElement().asString().startsWith("skip-tuning zero-shot: ");
    }
}
