package org.skiptuning.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.skiptuning.Evaluation;
import tools.jackson.databind.JsonNode;

/** The demo from the pictures to the report, on a random model. */
class DemoTest {
    private static final String CACHE = "skiptuning.cache";
    private static final int BLOCKS = 12;

    @TempDir
    static Path folder;

    @BeforeAll
    static void shareDrawnPictures() {
        System.setProperty(CACHE, Path.of("target").toString());
    }

    @AfterAll
    static void restore() {
        System.clearProperty(CACHE);
    }

    @Test
    void tellsTheWholeStory() throws Exception {
        Path model = TinyClip.write(folder.resolve("model"), BLOCKS, 4);
        Path report = folder.resolve("bericht für alle.html");
        var run = CommandRun.of(
                "demo",
                "--model",
                model.toString(),
                "--task",
                "food",
                "--threads",
                "1",
                "--report",
                report.toString(),
                "--json",
                "-");
        assertThat(run.status()).as(run.err()).isZero();
        JsonNode result = Json.read(run.out());
        for (String method : new String[] {"zero_shot", "skip_tuning", "full"}) {
            JsonNode figures = result.path(method);
            assertThat(figures.path("h").asDouble())
                    .isEqualTo(
                            Evaluation.harmonicMean(
                                    figures.path("base").asDouble(),
                                    figures.path("new").asDouble()),
                            within(1e-9));
        }
        assertThat(result.path("seconds").asDouble()).isPositive();
        assertThat(result.path("report").asString())
                .isEqualTo(report.toAbsolutePath().toString());
        String html = Files.readString(report);
        assertThat(html)
                .contains("Full fine-tuning")
                .contains("of 140 test pictures")
                .contains("data:image/png;base64,")
                .contains("Twitter Emoji")
                .contains("ω = 9");
        assertThat(html.split("<figure class=\"picture\">", -1).length).isGreaterThan(6);
    }

    @Test
    void mayLeaveFullFineTuningOut() throws Exception {
        Path model = TinyClip.write(folder.resolve("another model"), BLOCKS, 5);
        Path report = folder.resolve("short.html");
        var run = CommandRun.of(
                "demo",
                "--model",
                model.toString(),
                "--task",
                "food",
                "--threads",
                "1",
                "--no-full",
                "--report",
                report.toString());
        assertThat(run.status()).as(run.err()).isZero();
        assertThat(run.out())
                .contains("70 classes")
                .contains("Zero-shot")
                .contains("Skip Tuning gains")
                .contains(report.toString());
        assertThat(Files.readString(report))
                .doesNotContain("Full fine-tuning</td>")
                .doesNotContain("stands beside it");
    }
}
