package org.skiptuning.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.skiptuning.CancelledException;
import org.skiptuning.Precision;
import org.skiptuning.checkpoint.ClipConfiguration;
import org.skiptuning.speed.MeasuredMachine;
import org.skiptuning.speed.SpeedSettings;
import org.skiptuning.speed.StepBenchmark;
import org.skiptuning.speed.TimedMethod;

/** {@code speed} on a small shape that is given as a file. */
class SpeedTest {
    /** Large enough that products are most of a step, small enough for seconds. */
    private static final String SHAPE = """
            {"model_cfg": {"embed_dim": 128, "quick_gelu": true,
              "vision_cfg": {"image_size": 112, "layers": 6, "width": 384, "head_width": 64, "patch_size": 16},
              "text_cfg": {"context_length": 32, "vocab_size": 1000, "width": 256, "heads": 4, "layers": 6}}}
            """;

    @TempDir
    Path folder;

    private String[] speed(String... more) throws Exception {
        var shape = Files.writeString(folder.resolve("shape.json"), SHAPE);
        var arguments = new ArrayList<>(
                List.of("speed", "--arch", shape.toString(), "--start-layer", "4", "--batch-size", "16"));
        arguments.addAll(List.of(more));
        return arguments.toArray(String[]::new);
    }

    @Test
    void tellsWhatAStepTakesAndHowNearThatIsToTheLimit() throws Exception {
        var run = CommandRun.of(speed("--steps", "10", "--json", "-"));
        assertThat(run.err()).isEmpty();
        assertThat(run.status()).isZero();
        var result = Json.read(run.out());
        assertThat(result.path("machine").path("gemm_gflops").asDouble()).isPositive();
        assertThat(result.path("machine").path("bandwidth_gbs").asDouble()).isPositive();
        var skip = result.path("methods").path("skip");
        var full = result.path("methods").path("full");
        var coop = result.path("methods").path("coop");
        var lora = result.path("methods").path("lora");
        for (var method : List.of(skip, full, coop, lora)) {
            assertThat(method.path("all_step_ms").size()).isEqualTo(10);
            for (var figure : List.of(
                    "step_ms", "peak_memory_bytes", "peak_tensor_bytes", "held_bytes", "paper_style_bytes", "gflop")) {
                assertThat(method.path(figure).asDouble()).as(figure).isPositive();
            }
        }
        assertThat(skip.path("kept_classes").asInt()).isLessThan(50);
        assertThat(full.path("kept_classes").asInt()).isEqualTo(50);
        assertThat(coop.path("kept_classes").asInt()).isEqualTo(50);
        assertThat(lora.path("kept_classes").asInt()).isEqualTo(50);
        assertThat(lora.path("trained_parameters").asInt()).isEqualTo(6 * 3 * 2 * 2 * (384 + 256));
        // Ratios, for absolute times are the machine's: they fell when a saving was lost.
        assertThat(full.path("step_ms").asDouble())
                .isGreaterThan(2 * skip.path("step_ms").asDouble());
        assertThat(skip.path("share_of_floor").asDouble()).isBetween(0.15, 1.3);
        assertThat(skip.path("peak_tensor_bytes").asDouble())
                .isLessThan(full.path("peak_tensor_bytes").asDouble());
        assertThat(lora.path("step_ms").asDouble())
                .isLessThan(1.5 * full.path("step_ms").asDouble());
        assertThat(lora.path("peak_tensor_bytes").asDouble())
                .isLessThan(full.path("peak_tensor_bytes").asDouble());
    }

    @Test
    void oneMethodAlone() throws Exception {
        var run = CommandRun.of(speed("--methods", "skip", "--steps", "2", "--precision", "bf16"));
        assertThat(run.err()).isEmpty();
        assertThat(run.status()).isZero();
        assertThat(run.out()).contains("GFLOP/s", "skip").doesNotContain("full ");
    }

    /** Every method that takes steps, and the same computed plainly. */
    @Test
    void timesAllMethods() throws Exception {
        var run = CommandRun.of(speed("--methods", "all", "--plain", "--steps", "1", "--classes", "6", "--json", "-"));
        assertThat(run.err()).isEmpty();
        assertThat(run.status()).isZero();
        var methods = Json.read(run.out()).path("methods");
        assertThat(methods.propertyNames())
                .containsExactly(
                        TimedMethod.all().stream().map(TimedMethod::toString).toArray(String[]::new));
        methods.propertyStream().forEach(method -> {
            for (var figure : List.of("step_ms", "plain_step_ms", "gflop", "published_gflop", "trained_parameters")) {
                assertThat(method.getValue().path(figure).asDouble())
                        .as("%s of %s", figure, method.getKey())
                        .isPositive();
            }
            // No formula says how many passes a fit takes.
            assertThat(method.getValue().path("floor_ms").isNull())
                    .isEqualTo(method.getKey().equals("linear"));
            assertThat(method.getValue().path("step_is_a_fit").asBoolean())
                    .isEqualTo(method.getKey().equals("linear"));
            // The paper's count is of layers passed, and steps on features pass none.
            assertThat(method.getValue().path("paper_style_bytes").isNull())
                    .isEqualTo(List.of("clip-adapter", "tip-adapter-f", "lp++", "linear")
                            .contains(method.getKey()));
            assertThat(method.getValue().path("gflop").asDouble())
                    .isLessThanOrEqualTo(
                            method.getValue().path("published_gflop").asDouble());
        });
        assertThat(CommandRun.of(speed("--methods", "skip, coop", "--steps", "1"))
                        .out())
                .contains("skip", "coop")
                .doesNotContain("lora", "is a whole fit");
        assertThat(CommandRun.of(speed("--methods", "linear", "--steps", "1")).out())
                .contains("A step of linear is a whole fit");
    }

    @Test
    void wrongValuesAreNamed() throws Exception {
        assertThat(CommandRun.of(speed("--methods", "lora2")).errorLines())
                .singleElement()
                .asString()
                .contains("there is no method 'lora2': use skip, full, linear, lp++, coop, cocoop");
        var run = CommandRun.of(speed("--classes", "0"));
        assertThat(run.status()).isEqualTo(1);
        assertThat(run.errorLines()).singleElement().asString().contains("--classes is 0: use 1 to 100000");
        run = CommandRun.of("speed", "--arch", "ViT-Z-1");
        assertThat(run.status()).isEqualTo(2);
        assertThat(run.err()).contains("There is no configuration \"ViT-Z-1\"");
    }

    @Test
    void shapesThatCannotBeMeasuredAreRefused() throws Exception {
        var shape = folder.resolve("short.json");
        Files.writeString(shape, SHAPE.replace("\"context_length\": 32", "\"context_length\": 3"));
        var run = CommandRun.of("speed", "--arch", shape.toString(), "--start-layer", "1");
        assertThat(run.status()).isEqualTo(1);
        assertThat(run.errorLines())
                .singleElement()
                .asString()
                .contains("short.json: The shape's text context is 3: use 10 to");
        Files.writeString(shape, SHAPE.replace("\"image_size\": 112", "\"image_size\": 16000"));
        run = CommandRun.of("speed", "--arch", shape.toString(), "--start-layer", "1");
        assertThat(run.status()).isEqualTo(1);
        assertThat(run.errorLines()).singleElement().asString().contains("use a smaller --batch-size");
    }

    @Test
    void theShapesFileIsNotOverwritten() throws Exception {
        var run = CommandRun.of(
                speed("--steps", "1", "--json", folder.resolve("shape.json").toString()));
        assertThat(run.status()).isEqualTo(2);
        assertThat(folder.resolve("shape.json")).hasContent(SHAPE);
    }

    @Test
    void anInterruptEndsItAfterTheStep() throws Exception {
        speed();
        var settings = new SpeedSettings(
                ClipConfiguration.named(folder.resolve("shape.json").toString()),
                5,
                2,
                4,
                1,
                0,
                0,
                1000,
                Precision.FP32,
                "cpu",
                1,
                1);
        try (var benchmark = new StepBenchmark(settings, List.of(TimedMethod.SKIP))) {
            var machine = new MeasuredMachine(100, 10, "blas");
            assertThatExceptionOfType(CancelledException.class)
                    .isThrownBy(() -> benchmark.measure(TimedMethod.SKIP, machine, (done, total) -> {
                        assertThat(done).isLessThanOrEqualTo(3);
                        if (done == 3) {
                            Thread.currentThread().interrupt();
                        }
                    }));
            assertThat(Thread.interrupted()).isTrue();
            Thread.currentThread().interrupt();
            assertThatExceptionOfType(CancelledException.class)
                    .isThrownBy(() -> benchmark.measure(TimedMethod.SKIP, machine, (done, total) -> {}));
            assertThat(Thread.interrupted()).isTrue();
        }
    }
}
