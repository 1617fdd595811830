package org.skiptuning.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Other methods than Skip Tuning by the command line. */
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
                .contains("trained beside a model, and that is not at");
        assertThat(json("evaluate", "--tuned", output.toString(), "--model", moved.toString()))
                .isEqualTo(evaluated);
        var other = TinyClip.write(folder.resolve("other"), 4).toString();
        assertThat(CommandRun.of("evaluate", "--tuned", output.toString(), "--model", other)
                        .errorLines())
                .singleElement()
                .asString()
                .contains("is not the model that");
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
                .contains("--tuned brings its own model");
    }

    @Test
    void partsOfSkipTuningAreSwitchable() {
        assertThat(json("train", "--print-config", "--lskip", "off")
                        .path("image_start_layer")
                        .asInt())
                .isZero();
        assertThat(json("train", "--print-config", "--cskip", "off")
                        .path("top_ratio")
                        .asInt())
                .isEqualTo(1);
        assertThat(json("train", "--print-config", "--method", "lora", "--top-ratio", "0.2")
                        .path("top_ratio")
                        .asDouble())
                .isEqualTo(0.2);
    }

    /** What was printed makes the same settings again; options beside it overrule it. */
    @Test
    void settingsComeFromAFile() throws Exception {
        var printed = CommandRun.of(
                "train", "--method", "maple", "--print-config", "--set", "depth=3", "--lr", "0.01", "--seed", "7");
        var file = Files.writeString(folder.resolve("settings.json"), printed.out());
        assertThat(CommandRun.of("train", "--settings", file.toString(), "--print-config")
                        .out())
                .isEqualTo(printed.out());
        var changed = json("train", "--settings", file.toString(), "--print-config", "--set", "depth=2");
        assertThat(changed.path("own").path("depth").asInt()).isEqualTo(2);
        assertThat(changed.path("learning_rate").asDouble()).isEqualTo(0.01);
        var part = Files.writeString(folder.resolve("part.json"), "{\"epochs\": 3, \"own\": {\"depth\": 1}}");
        assertThat(json("train", "--method", "maple", "--settings", part.toString(), "--print-config")
                        .path("epochs")
                        .asInt())
                .isEqualTo(3);
        assertThat(CommandRun.of("train", "--method", "coop", "--settings", file.toString())
                        .errorLines())
                .singleElement()
                .asString()
                .contains("--method coop contradicts the file of --settings, which is for maple");
        var wrong = Files.writeString(folder.resolve("wrong.json"), "{\"epoch\": 3}");
        assertThat(CommandRun.of("train", "--settings", wrong.toString()).errorLines())
                .singleElement()
                .asString()
                .contains("wrong.json: Unusable training settings");
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
        assertThat(CommandRun.of("evaluate", "--tuned", output.toString(), "--classes", "new")
                        .errorLines())
                .singleElement()
                .asString()
                .contains("linear knows only the 2 classes");
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

    @Test
    void methodsAreComparedByOneCommand() throws Exception {
        var output = folder.resolve("comparison");
        var plan = CommandRun.of("benchmark", "base-to-new", "--methods", "skip,coop", "--plan");
        assertThat(plan.out())
                .startsWith("48 runs: 2 methods, shots 1, 4 and 8, seeds 1, 2 and 3")
                .containsPattern("skip +1, 4 and 8 +10 epochs +16 +0.001")
                .contains("factors 0.1, 0.3, 1, 3 and 10: 15 runs a method, of seed 1");
        assertThat(CommandRun.of(comparison(output)).errorLines())
                .singleElement()
                .asString()
                .contains("has no validation pictures to choose learning rates by", "val/", "--rate-factors 1");
        addValidation();
        var oneEpoch = new ArrayList<>(List.of(comparison(folder.resolve("short"))));
        oneEpoch.set(oneEpoch.indexOf("--epochs") + 1, "1");
        assertThat(CommandRun.of(oneEpoch.toArray(String[]::new)).err())
                .contains("All epochs of clip-adapter are warm-up, at a rate that no factor changes");
        var result = json(comparison(output));
        assertThat(result.path("rows")).hasSize(2);
        assertThat(result.path("rows").get(0).path("h").isNumber()).isTrue();
        assertThat(result.path("rows").get(0).path("h_deviation").isNull()).isTrue();
        assertThat(output.resolve("report.md")).content().contains("| CLIP-Adapter | ");
        var otherwise = new ArrayList<>(List.of(comparison(output)));
        otherwise.set(otherwise.indexOf("--epochs") + 1, "3");
        assertThat(CommandRun.of(otherwise.toArray(String[]::new)).errorLines())
                .singleElement()
                .asString()
                .contains("holds a comparison with epochs 2 instead of 3; name another --output, or give the same");
        assertThat(output.resolve("time-2-shots.png")).isNotEmptyFile();
        assertThat(CommandRun.of("benchmark").errorLines())
                .singleElement()
                .asString()
                .contains("the protocol is missing: use base-to-new");
        assertThat(CommandRun.of("benchmark", "base-to-old").errorLines())
                .singleElement()
                .asString()
                .contains("there is no protocol 'base-to-old': use base-to-new; did you mean base-to-new?");
        assertThat(CommandRun.of("benchmark", "base-to-new", "--methods", "skp", "--plan")
                        .errorLines())
                .singleElement()
                .asString()
                .contains("there is no method 'skp'");
    }

    @Test
    void oneFactorNeedsNoValidationPictures() {
        var arguments = new ArrayList<>(List.of(comparison(folder.resolve("comparison"))));
        arguments.set(arguments.indexOf("1,2"), "2");
        var result = json(arguments.toArray(String[]::new));
        assertThat(result.path("rows").get(0).path("method").asString()).isEqualTo("clip-adapter");
        assertThat(result.path("rows").get(0).path("rate_factor").asDouble()).isEqualTo(2);
    }

    @Test
    void aComparisonTakesPresetScheduleAndSettings() throws Exception {
        assertThat(plan("--preset", "paper", "--methods", "skip").out()).contains("20 epochs", "0.00002 / 0.000005");
        assertThat(plan("--schedule", "few-shot", "--preset", "paper", "--methods", "skip")
                        .out())
                .contains("40 epochs");
        var file = Files.writeString(folder.resolve("settings.json"), "{\"learning_rate\": 0.07, \"shots\": 9}");
        assertThat(plan("--settings", "coop=" + file, "--methods", "coop,skip").out())
                .containsPattern("coop +1, 4 and 8 .* 0.07")
                .containsPattern("skip .* 0.001");
        var other = Files.writeString(folder.resolve("other.json"), "{\"method\": \"maple\"}");
        assertThat(plan("--settings", "coop=" + other).errorLines())
                .singleElement()
                .asString()
                .contains("holds settings of maple");
        assertThat(plan("--schedule", "few").errorLines())
                .singleElement()
                .asString()
                .contains("there is no schedule 'few'");
        assertThat(plan("--seed", "4").errorLines()).singleElement().asString().contains("give --seeds 4 instead");
    }

    private static CommandRun plan(String... more) {
        var arguments = new ArrayList<>(List.of("benchmark", "base-to-new", "--plan"));
        arguments.addAll(List.of(more));
        return CommandRun.of(arguments.toArray(String[]::new));
    }

    private void addValidation() throws Exception {
        TinyPictures.write(folder.resolve("more"), 1, 1);
        Files.move(folder.resolve("more/train"), data.resolve("val"));
    }

    private String[] comparison(Path output) {
        return new String[] {
            "benchmark",
            "base-to-new",
            "--methods",
            "clip-adapter,tip-adapter",
            "--shots",
            "2",
            "--seeds",
            "1",
            "--epochs",
            "2",
            "--rate-factors",
            "1,2",
            "--model",
            model.toString(),
            "--data",
            data.toString(),
            "--output",
            output.toString()
        };
    }
}
