package org.skiptuning.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What only a process of its own can show: exit statuses, and streams that hold nothing else. */
class ProcessTest {
    @TempDir
    Path folder;

    @Test
    void wrongUsageExitsWithTwo() throws Exception {
        var run = ProcessRun.of(folder, "trian");
        assertThat(run.status()).isEqualTo(2);
        assertThat(run.out()).isEmpty();
        assertThat(run.err())
                .isEqualTo("skip-tuning: there is no command 'trian'; did you mean train? (see skip-tuning --help)\n");
    }

    @Test
    void failureExitsWithOne() throws Exception {
        var run = ProcessRun.of(folder, "zero-shot", "--data", "nirgendwo-ü", "--json", "-");
        assertThat(run.status()).isEqualTo(1);
        assertThat(run.out()).isEmpty();
        assertThat(run.err().lines()).singleElement().asString().contains("nirgendwo-ü does not exist");
    }

    @Test
    void lostOutputIsAFailure() throws Exception {
        TinyClip.write(folder.resolve("model"), 3);
        TinyPictures.write(folder.resolve("data"), 1, 1);
        String[] arguments = {"zero-shot", "--model", "model", "--data", "data", "--json", "-"};
        try (var started = ProcessRun.start(folder, Path.of("/dev/full"), arguments)) {
            var run = started.await();
            assertThat(run.err().lines())
                    .singleElement()
                    .asString()
                    .contains("standard output")
                    .contains("no space left");
            assertThat(run.status()).isEqualTo(1);
        }
    }

    @Test
    void aGoodRunWritesItsResultAndNothingElse() throws Exception {
        TinyClip.write(folder.resolve("ein mödel"), 3);
        TinyPictures.write(folder.resolve("bilder 图片"), 2, 2);
        var run = ProcessRun.of(
                folder,
                "encode",
                "--model",
                "ein mödel",
                "--text",
                "a cat",
                "ein Hund: 狗",
                "--image",
                "bilder 图片/test/grüne wiese/0.png",
                "--output",
                "merkmale ü.safetensors",
                "--json",
                "-");
        assertThat(run.err()).isEmpty();
        assertThat(run.status()).isZero();
        assertThat(Json.read(run.out()).path("text_shape").get(0).asInt()).isEqualTo(2);
        assertThat(Files.size(folder.resolve("merkmale ü.safetensors"))).isPositive();
    }
}
