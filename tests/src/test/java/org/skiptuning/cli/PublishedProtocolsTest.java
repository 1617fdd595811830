package org.skiptuning.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.skiptuning.data.published.TinyDataSets;
import tools.jackson.databind.JsonNode;

/** Each protocol in one command over a root that has all 15 data sets, in the published layout and tiny. */
class PublishedProtocolsTest {
    @TempDir
    Path folder;

    private Path root = Path.of("");
    private Path model = Path.of("");

    @BeforeEach
    void prepare() throws Exception {
        root = Files.createDirectory(folder.resolve("data"));
        TinyDataSets.all().forEach(tiny -> tiny.write(root));
        model = TinyClip.write(folder.resolve("model"), 3);
    }

    private JsonNode json(String... arguments) {
        var all = new ArrayList<>(List.of(arguments));
        all.addAll(List.of("--model", model.toString(), "--data", root.toString(), "--json", "-"));
        var run = CommandRun.of(all.toArray(String[]::new));
        assertThat(run.err()).doesNotContain("failed");
        assertThat(run.status()).isZero();
        return Json.read(run.out());
    }

    @ParameterizedTest
    @CsvSource({"base-to-new, 11, 22", "few-shot, 11, 11", "cross-dataset, 1, 11", "domain, 1, 5"})
    void allOfItsDataSetsTakePart(String protocol, int tasks, int figures) throws Exception {
        var output = folder.resolve("results");
        var result = json(
                "benchmark",
                protocol,
                "--methods",
                "skip,tip-adapter",
                "--shots",
                "1",
                "--seeds",
                "1",
                "--epochs",
                "1",
                "--start-layer",
                "1",
                "--rate-factors",
                "1",
                "--output",
                output.toString());
        assertThat(result.path("rows")).hasSize(2 * tasks);
        var measured = 0;
        for (var row : result.path("rows")) {
            if (row.path("method").asString().equals("skip")) {
                measured += row.path("runs").get(0).path("accuracies").size();
            }
        }
        assertThat(measured).isEqualTo(figures);
        for (var file : List.of("report.md", "report.csv", "report.html", "report.json")) {
            assertThat(output.resolve(file)).isNotEmptyFile();
        }
        // So few pictures are not what figures were published of.
        assertThat(output.resolve("report.md"))
                .content()
                .doesNotContain(", published", "published H", "published seconds");
    }

    @Test
    void zeroShotOfAllStandsBesideThePublished() {
        var rows = json("zero-shot", "--all").path("rows");
        assertThat(rows).hasSize(15);
        for (var row : rows) {
            assertThat(row.path("accuracy").isNumber()).isTrue();
        }
        assertThat(rows.valueStream()
                        .filter(row -> row.path("published").isNumber())
                        .count())
                .isEqualTo(15);
        // But they are of other pictures.
        assertThat(rows.valueStream().noneMatch(row -> row.path("as_published").asBoolean(true)))
                .isTrue();
    }
}
