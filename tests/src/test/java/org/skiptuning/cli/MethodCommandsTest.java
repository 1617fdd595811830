package org.skiptuning.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** What other methods than Skip Tuning leave, by the command line. */
class MethodCommandsTest {
    @TempDir
    Path folder;

    private Path model = Path.of("");

    private Path data = Path.of("");

    @BeforeEach
    void prepare() throws Exception {
        model = TinyClip.write(folder.resolve("model"), 3);
        data = TinyPictures.write(folder.resolve("pictures"), 4, 3);
    }

    private String[] training(String method, Path output, String... more) {
        var arguments = new ArrayList<>(List.of(
                "train",
                "--method",
                method,
                "--model",
                model.toString(),
                "--data",
                data.toString(),
                "--output",
                output.toString()));
        arguments.addAll(List.of(more));
        return arguments.toArray(String[]::new);
    }

    private static JsonNode json(String... arguments) {
        var all = new ArrayList<>(List.of(arguments));
        all.addAll(List.of("--json", "-"));
        var run = CommandRun.of(all.toArray(String[]::new));
        assertThat(run.err()).isEmpty();
        assertThat(run.status()).isZero();
        return Json.read(run.out());
    }

    @Test
    void whatAMethodLeavesIsEvaluatedAndPredicts() throws Exception {
        var output = folder.resolve("tuned");
        var trained = json(training("kgcoop", output, "--epochs", "2", "--batch-size", "4", "--set", "text_weight=2"));
        assertThat(trained.path("method").asString()).isEqualTo("kgcoop");
        assertThat(trained.path("settings").path("own").path("text_weight").asDouble())
                .isEqualTo(2);
        assertThat(trained.path("paper_style_bytes").asLong()).isPositive();
        assertThat(output.resolve("model.safetensors")).doesNotExist();
        var evaluated = json("evaluate", "--tuned", output.toString());
        assertThat(evaluated.path("accuracy").asDouble())
                .isEqualTo(trained.path("accuracy").asDouble());
        var picture = data.resolve("test/red brick/0.png").toString();
        var line = Json.read(CommandRun.of("predict", "--tuned", output.toString(), "--json", "-", picture)
                .out());
        assertThat(line.path("top")).hasSize(4);

        // The model that it stands on may move, and no other takes its place.
        var moved = Files.move(model, folder.resolve("elsewhere"));
        assertThat(CommandRun.of("evaluate", "--tuned", output.toString()).errorLines())
                .singleElement()
                .asString()
                .contains("holds what the method KgCoOp trained beside a model, and that is not at")
                .endsWith("; --model DIR says where it lies");
        assertThat(json("evaluate", "--tuned", output.toString(), "--model", moved.toString()))
                .isEqualTo(evaluated);
        var other = TinyClip.write(folder.resolve("other"), 4).toString();
        assertThat(CommandRun.of("evaluate", "--tuned", output.toString(), "--model", other)
                        .errorLines())
                .singleElement()
                .asString()
                .contains("is not the model that")
                .endsWith("; --model DIR says where it lies");
        assertThat(CommandRun.of("evaluate", "--help").out())
                .contains("Default: where it was.")
                .doesNotContain("Default: bundled");

        // And it is none itself.
        for (var command : List.of("train", "zero-shot")) {
            assertThat(CommandRun.of(
                                    command,
                                    "--model",
                                    output.toString(),
                                    "--data",
                                    data.toString(),
                                    command.equals("train") ? "--output" : "--json",
                                    folder.resolve("result of " + command).toString())
                            .errorLines())
                    .singleElement()
                    .asString()
                    .contains(
                            output + " holds what the method KgCoOp trained beside a model, and no model: evaluate it")
                    .contains("by --tuned " + output);
        }
    }

    /** Weights alone are opened by the shape that is named, beside what was trained on them as in training. */
    @Test
    void theModelBesideMayNeedItsShape() throws Exception {
        var weights = Files.move(
                model.resolve("open_clip_model.safetensors"),
                Files.createDirectory(folder.resolve("bare")).resolve("weights.safetensors"));
        var shape = model.resolve("open_clip_config.json").toString();
        model = weights;
        var output = folder.resolve("tuned");
        var trained = json(training("kgcoop", output, "--epochs", "1", "--config", shape));
        // The run remembers it.
        assertThat(json("evaluate", "--tuned", output.toString())
                        .path("accuracy")
                        .asDouble())
                .isEqualTo(trained.path("accuracy").asDouble());
        for (var where : List.of(List.<String>of(), List.of("--model", weights.toString()))) {
            var arguments = new ArrayList<>(List.of("evaluate", "--tuned", output.toString(), "--config", shape));
            arguments.addAll(where);
            assertThat(json(arguments.toArray(String[]::new)).path("accuracy").asDouble())
                    .isEqualTo(trained.path("accuracy").asDouble());
        }
    }

    /** Of two lines with one label nobody knows which is which. */
    @Test
    void labelsAreNamedOnce() throws Exception {
        var output = folder.resolve("tuned");
        json(training("coop", output, "--epochs", "1"));
        var picture = data.resolve("test/red brick/0.png").toString();
        assertThat(CommandRun.of("predict", "--model", model.toString(), "--classes", "a,b,a", picture)
                        .errorLines())
                .singleElement()
                .asString()
                .contains("--classes names the label \"a\" more than once: name each once");
        var config = output.resolve("config.json");
        Files.writeString(config, Files.readString(config).replace("\"blue sky\"", "\"red brick\""));
        // Classes of one name, as ImageNet has them, are one line.
        var top = Json.read(CommandRun.of("predict", "--tuned", output.toString(), "--json", "-", picture)
                        .out())
                .path("top");
        assertThat(top.valueStream().map(line -> line.path("label").asString()))
                .hasSize(3)
                .doesNotHaveDuplicates();
        assertThat(top.valueStream()
                        .mapToDouble(line -> line.path("probability").asDouble())
                        .sum())
                .isCloseTo(1, within(1e-6));
        assertThat(CommandRun.of("predict", "--tuned", output.toString(), "--classes", "red brick,sky", picture)
                        .status())
                .isZero();
    }

    /** LoRA's additions are part of the weights in the end. */
    @Test
    void whatCanBeMergedIsAnOrdinaryCheckpoint() {
        var output = folder.resolve("tuned");
        var trained = json(training("lora", output, "--epochs", "2", "--start-layer", "1", "--top-ratio", "0.5"));
        assertThat(output.resolve("open_clip_model.safetensors").toFile().exists()
                        || output.resolve("model.safetensors").toFile().exists())
                .isTrue();
        var plain = json(
                "zero-shot",
                "--model",
                output.toString(),
                "--data",
                data.toString(),
                "--templates",
                "a photo of a {}.");
        assertThat(plain.path("accuracy").asDouble())
                .isEqualTo(trained.path("accuracy").asDouble());
        assertThat(CommandRun.of("evaluate", "--tuned", output.toString(), "--model", model.toString())
                        .errorLines())
                .singleElement()
                .asString()
                .contains("--tuned " + output + " brings its own model, which contradicts --model and --config");
    }

    @Test
    void aProbeIsMeasuredOnItsOwnClassesAlone() throws Exception {
        var output = folder.resolve("tuned");
        addValidation();
        var trained = json(training("linear", output, "--classes", "base"));
        assertThat(trained.path("tuned").path("total").asInt()).isEqualTo(6);
        // A step is a whole fit: its loss, which is that before it, says nothing.
        assertThat(trained.path("final_loss").isNull()).isTrue();
        assertThat(trained.path("paper_style_bytes").isNull()).isTrue();
        assertThat(trained.path("chosen").path("cost").asDouble()).isBetween(1e-8, 1e8);
        assertThat(trained.path("chosen").path("validation_accuracy").asDouble())
                .isBetween(0.0, 100.0);
        var evaluated = json("evaluate", "--tuned", output.toString());
        assertThat(evaluated.path("classes").asString()).isEqualTo("base");
        assertThat(evaluated.path("accuracy").asDouble())
                .isEqualTo(trained.path("accuracy").asDouble());
        assertThat(json("evaluate", "--tuned", output.toString(), "--classes", "base"))
                .isEqualTo(evaluated);
        for (var half : List.of("new", "all")) {
            var refused = CommandRun.of("evaluate", "--tuned", output.toString(), "--classes", half);
            assertThat(refused.status()).isEqualTo(2);
            assertThat(refused.err())
                    .contains("--classes " + half
                            + " asks for others than those of --classes base, and Linear probe knows"
                            + " only the 2 classes that it was trained on: give --classes base, or leave it out");
        }
        // A folder of its classes alone is measured whole.
        for (var part : List.of("train", "val", "test")) {
            for (var name : List.of("red brick", "yellow sun")) {
                remove(data.resolve(part).resolve(name));
            }
        }
        assertThat(json("evaluate", "--tuned", output.toString(), "--data", data.toString())
                        .path("total")
                        .asInt())
                .isEqualTo(6);
    }

    private static void remove(Path directory) throws IOException {
        try (var files = Files.list(directory)) {
            for (var file : files.toList()) {
                Files.delete(file);
            }
        }
        Files.delete(directory);
    }

    /** Nothing is trained, so that there is no loss, and what was chosen is told. */
    @Test
    void tellsWhatValidationPicturesChose() throws Exception {
        var without = CommandRun.of(training("tip-adapter", folder.resolve("without"), "--json", "-"));
        assertThat(without.err()).contains("There are no validation pictures");
        assertThat(Json.read(without.out()).path("chosen")).isEmpty();
        addValidation();
        var output = folder.resolve("tuned");
        var trained = json(training("tip-adapter", output));
        assertThat(trained.path("final_loss").isNull()).isTrue();
        assertThat(trained.path("last_epoch_loss").isNull()).isTrue();
        assertThat(trained.path("chosen").path("alpha").asDouble()).isBetween(0.1, 3.0);
        assertThat(trained.path("chosen").path("beta").asDouble()).isBetween(0.1, 7.0);
        var text = CommandRun.of(training("tip-adapter", output)).out();
        assertThat(text)
                .contains("No steps: ", "Chosen on validation pictures: alpha ", ", beta ")
                .doesNotContain("loss");
    }

    private void addValidation() throws Exception {
        TinyPictures.write(folder.resolve("more"), 1, 1);
        Files.move(folder.resolve("more/train"), data.resolve("val"));
    }
}
