package org.skiptuning.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A result never takes the place of what was read or written before. */
class OutputFilesTest {
    @TempDir
    private Path folder;

    private static OutputFiles files() {
        return OutputFiles.of(new CommonOptions());
    }

    private static void refused(OutputFiles files, String... parts) {
        assertThatThrownBy(files::check)
                .isInstanceOf(UsageException.class)
                .message()
                .contains(parts);
    }

    @Test
    void twoOutputsAreTwoFiles() {
        Path file = folder.resolve("x");
        Path same = folder.resolve("./no/../x");
        refused(files().writes("--output", file).writes("--trace", same), "--output", "--trace", "both name");
    }

    @Test
    void anInputIsNoOutput() throws Exception {
        Path picture = Files.createFile(folder.resolve("a.png"));
        Path link = Files.createSymbolicLink(folder.resolve("b.png"), picture);
        refused(files().writes("--output", link).reads("--image", List.of(picture)), "--image", "overwritten");
        refused(files().writes("--output", folder).reads("--data", Optional.of(folder)), "--data", "overwritten");
    }

    @Test
    void filesOfAModelsFolderStay() throws Exception {
        Path run = Files.createDirectory(folder.resolve("run"));
        for (String name : List.of("config.json", "model.safetensors", "metrics.jsonl", "tokenizer_config.json")) {
            refused(files().writes("--json", run.resolve(name)).reads("--tuned", List.of(run)), "--tuned");
        }
        refused(
                files().writes("--trace", folder.resolve("new/run.json")).writes("--output", folder.resolve("new")),
                "");
        files().writes("--json", run.resolve("evaluation.json"))
                .reads("--tuned", List.of(run))
                .check();
    }

    @Test
    void standardOutputIsForOne() {
        refused(
                files().writesOrPrints("--json", Optional.of("-")).writesOrPrints("--trace", Optional.of("-")),
                "--trace");
        assertThatThrownBy(() -> files().writes("--report", Path.of("-"))).hasMessageContaining("standard output");
        files().writes("--report", Path.of("./-")).check();
    }

    @Test
    void devicesTakeAnything() {
        Path nothing = Path.of("/dev/null");
        assertThat(nothing).exists();
        files().writes("--json", nothing)
                .writes("--trace", nothing)
                .reads("--image", List.of(nothing))
                .check();
    }
}
