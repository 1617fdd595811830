package org.skiptuning.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

class AnalyzeCommandTest {
    @TempDir
    Path folder;

    private Path model = Path.of("");
    private Path data = Path.of("");

    @BeforeEach
    void prepare() throws Exception {
        model = TinyClip.write(folder.resolve("model"), 3);
        data = TinyPictures.write(folder.resolve("pictures"), 6, 3);
    }

    private JsonNode json(String... arguments) {
        var all = new ArrayList<>(List.of(arguments));
        all.addAll(List.of("--model", model.toString(), "--data", data.toString(), "--json", "-"));
        var run = CommandRun.of(all.toArray(String[]::new));
        assertThat(run.status()).as(run.err()).isZero();
        return Json.read(run.out());
    }

    @Test
    void sensitivityTellsOfEachBlock() throws Exception {
        var plot = folder.resolve("blocks.png");
        var found = json("analyze", "sensitivity", "--epochs", "2", "--estimate", "--plot", plot.toString());
        for (var tower : List.of("image", "text")) {
            assertThat(found.path("layers").path(tower)).hasSize(TinyClip.LAYERS);
            assertThat(found.path("layers").path(tower + "_relative")).hasSize(TinyClip.LAYERS);
            assertThat(found.path("layers").path(tower).get(0).asDouble()).isPositive();
            var suggested = found.path("suggested_start_layer").path(tower);
            assertThat(suggested.isNull() || suggested.asInt() > 0 && suggested.asInt() < TinyClip.LAYERS)
                    .isTrue();
            assertThat(found.path("estimate")
                            .path("rank_correlation")
                            .path(tower)
                            .asDouble())
                    .isBetween(-1.0, 1.0);
            // An epoch moves less than two.
            assertThat(found.path("estimate").path("layers").path(tower).get(0).asDouble())
                    .isLessThan(found.path("layers").path(tower).get(0).asDouble());
        }
        assertThat(ImageIO.read(plot.toFile()).getWidth()).isPositive();
    }

    @Test
    void gradientsTellOfEachClass() throws Exception {
        var plot = folder.resolve("ranks.png");
        var found = json("analyze", "gradients", "--plot", plot.toString());
        assertThat(found.path("classes")).hasSize(4);
        // Four are too few for a decline to be told.
        assertThat(found.path("suggested_top_ratio").isNull()).isTrue();
        assertThat(ImageIO.read(plot.toFile()).getWidth()).isPositive();
    }

    /** As the paper counts: three of twelve blocks, and the classes that are kept. */
    @Test
    void flowIsDrawn() throws Exception {
        var file = folder.resolve("flow.png");
        var run = CommandRun.of("analyze", "flow", "--start-layer", "6", "--plot", file.toString(), "--json", "-");
        assertThat(run.err()).isEmpty();
        assertThat(Json.read(run.out())
                        .path("methods")
                        .get(0)
                        .path("image_blocks")
                        .asInt())
                .isEqualTo(6);
        assertThat(ImageIO.read(file.toFile()).getWidth()).isGreaterThan(600);
        assertThat(CommandRun.of("analyze", "flow", "--start-layer", "12").errorLines())
                .containsExactly("skip-tuning analyze: --start-layer is 12: use 0 to 11");
    }

    @Test
    void flowTellsOfEachMethod() {
        var run = CommandRun.of("analyze", "flow", "--class-count", "100", "--json", "-");
        var methods = Json.read(run.out()).path("methods");
        assertThat(methods.size()).isGreaterThan(10);
        for (var method : methods) {
            switch (method.path("method").asString()) {
                case "skip" -> {
                    assertThat(method.path("image_blocks").asInt()).isEqualTo(3);
                    assertThat(method.path("text_blocks").asInt()).isEqualTo(3);
                    assertThat(method.path("classes").asDouble()).isBetween(5.0, 15.0);
                    assertThat(method.path("image_tokens").asLong()).isEqualTo(4 * 197L);
                }
                case "full" -> {
                    assertThat(method.path("image_blocks").asInt()).isEqualTo(12);
                    assertThat(method.path("classes").asDouble()).isEqualTo(100);
                }
                case "coop" -> {
                    assertThat(method.path("image_blocks").asInt()).isZero();
                    assertThat(method.path("text_blocks").asInt()).isEqualTo(12);
                }
                default -> assertThat(method.path("gflop").asDouble()).isNotNegative();
            }
        }
    }

    @Test
    void theAnalysesChooseForTraining() {
        var found = json(
                "train",
                "--start-layer",
                "auto",
                "--top-ratio",
                "auto",
                "--epochs",
                "1",
                "--output",
                folder.resolve("tuned").toString());
        var settings = found.path("settings");
        assertThat(settings.path("image_start_layer").asDouble()).isBetween(0.0, TinyClip.LAYERS - 1.0);
        assertThat(settings.path("text_start_layer").asDouble()).isBetween(0.0, TinyClip.LAYERS - 1.0);
        // Which four classes do not tell, so that the recipe's stay.
        assertThat(settings.path("top_ratio").asDouble()).isEqualTo(0.05);
        assertThat(settings.path("lambda").asDouble()).isEqualTo(0.3);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "analyze | the analysis is missing: use sensitivity, gradients, flow",
                "analyze sensitivty | there is no analysis 'sensitivty'",
                "analyze flow --data bundled | flow goes by formula, without data and model: leave --data out",
                "analyze gradients --start-layer 3 | --start-layer is of flow alone: leave it out",
                "analyze gradients --data bundled --estimate | --estimate is of sensitivity alone",
                "analyze gradients --data bundled --epochs 3 | --epochs is of sensitivity alone",
                "train --data bundled --output x --start-layer auto --print-config | --print-config contradicts auto",
                "benchmark few-shot --data bundled --output x --top-ratio auto | auto is of one run",
            })
    void whatMeansNothingIsRefused(String command, String problem) {
        var run = CommandRun.of(command.split(" "));
        assertThat(run.status()).isEqualTo(2);
        assertThat(run.errorLines()).singleElement().asString().contains(problem);
    }
}
