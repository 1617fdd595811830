package org.skiptuning.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Features in parts: whoever computes them, the files are those of one process, and a run on them is that without. */
@Tag("slow")
class ExtractCommandTest {
    @TempDir
    Path folder;

    private Path model = Path.of("");
    private Path data = Path.of("");

    @BeforeEach
    void prepare() throws Exception {
        model = TinyClip.write(folder.resolve("model"), 3);
        data = TinyPictures.write(folder.resolve("pictures"), 20, 3);
    }

    private CommandRun run(String command, String output, String... more) {
        var arguments = new ArrayList<>(List.of(
                command,
                "--model",
                model.toString(),
                "--data",
                data.toString(),
                "--augment",
                "none",
                "--start-layer",
                "1",
                "--output",
                folder.resolve(output).toString()));
        arguments.addAll(List.of(more));
        return CommandRun.of(arguments.toArray(String[]::new));
    }

    private CommandRun extract(String output, String... more) {
        var arguments = new ArrayList<>(List.of(more));
        arguments.addAll(List.of("--part-size", "32"));
        var run = run("extract", output, arguments.toArray(String[]::new));
        assertThat(run.err()).isEmpty();
        assertThat(run.status()).isZero();
        return run;
    }

    @Test
    void partsComeToTheSame() throws Exception {
        var alone = extract("alone", "--threads", "1", "--json", "-");
        assertThat(Json.read(alone.out()).path("parts").asInt()).isEqualTo(3);
        extract("workers", "--workers", "2", "--threads", "2");
        for (var part : List.of("1/2", "2/2")) {
            assertThat(extract("shards", "--shard", part, "--threads", "1").out())
                    .contains("Part " + part + " is done");
        }
        for (var part : List.of("rows-0000000000", "rows-0000000032", "rows-0000000064")) {
            for (var other : List.of("workers", "shards")) {
                assertThat(folder.resolve(other).resolve(part + ".safetensors"))
                        .hasSameBinaryContentAs(folder.resolve("alone").resolve(part + ".safetensors"));
            }
        }

        // A part that is gone is computed again, and no other.
        var kept = folder.resolve("alone/rows-0000000000.safetensors");
        var written = Files.getLastModifiedTime(kept);
        Files.delete(folder.resolve("alone/rows-0000000032.safetensors"));
        extract("alone", "--threads", "1");
        assertThat(Files.getLastModifiedTime(kept)).isEqualTo(written);
        assertThat(folder.resolve("alone/rows-0000000032.safetensors")).exists();

        var features = folder.resolve("alone").toString();
        assertThat(run("train", "plain", "--epochs", "2", "--threads", "1").status())
                .isZero();
        assertThat(run("train", "stored", "--epochs", "2", "--threads", "1", "--features", features)
                        .status())
                .isZero();
        assertThat(folder.resolve("stored/model.safetensors"))
                .hasSameBinaryContentAs(folder.resolve("plain/model.safetensors"));
    }

    @Test
    void whatCannotBeIsRefused() {
        assertThat(CommandRun.of(
                                "extract",
                                "--model",
                                model.toString(),
                                "--data",
                                data.toString(),
                                "--start-layer",
                                "1",
                                "--output",
                                folder.resolve("crops").toString())
                        .errorLines())
                .singleElement()
                .asString()
                .contains("Each epoch draws its pictures afresh");
        assertThat(run("extract", "odd", "--part-size", "33").errorLines())
                .singleElement()
                .asString()
                .contains("--part-size is 33: use a multiple of 32");
        assertThat(run("train", "without", "--features", folder.resolve("model").toString())
                        .errorLines())
                .singleElement()
                .asString()
                .contains("holds no features: make them with skip-tuning extract");
    }
}
