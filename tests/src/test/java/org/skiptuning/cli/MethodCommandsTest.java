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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
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

    private static JsonNode settings(String... arguments) {
        var all = new ArrayList<>(List.of("train", "--print-config"));
        all.addAll(List.of(arguments));
        return json(all.toArray(String[]::new));
    }

    private static String refusal(int status, String... arguments) {
        var run = CommandRun.of(arguments);
        assertThat(run.status()).isEqualTo(status);
        assertThat(run.errorLines()).hasSize(1);
        return run.errorLines().getFirst();
    }

    /** Full fine-tuning and LoRA take Skip Tuning's parts, by the same preset. */
    @Test
    void partsOfSkipTuningAreOptionsOfOthers() {
        var whole = settings("--method", "full", "--lskip", "on", "--cskip", "on");
        assertThat(whole.path("image_start_layer").asInt()).isEqualTo(9);
        assertThat(whole.path("top_ratio").asDouble()).isEqualTo(0.05);
        assertThat(settings("--method", "full", "--lskip", "on")
                        .path("top_ratio")
                        .asDouble())
                .isEqualTo(1);
        assertThat(settings("--method", "lora", "--preset", "bundled", "--cskip", "on")
                        .path("top_ratio")
                        .asDouble())
                .isEqualTo(0.3);
        assertThat(refusal(2, "train", "--method", "coop", "--lskip", "on")).contains("no use for --lskip");
    }

    /** The small model knows few words: those that were published give way to its own, those of the user don't. */
    @Test
    void wordsSuitTheModel() {
        assertThat(settings("--method", "coop").path("own").path("initial").asString())
                .isEqualTo("a picture of a");
        assertThat(settings("--method", "coop", "--set", "initial=a photo of a")
                        .path("own")
                        .path("initial")
                        .asString())
                .isEqualTo("a photo of a");
        assertThat(settings("--method", "coop", "--schedule", "few-shot")
                        .path("own")
                        .path("initial")
                        .asString())
                .isEqualTo("random");
        assertThat(settings("--method", "dept", "--set", "base=maple")
                        .path("own")
                        .path("initial")
                        .asString())
                .isEqualTo("a picture of a");
        assertThat(settings("--method", "coop", "--templates", "coop")
                        .path("templates")
                        .asString())
                .isEqualTo("coop");
        var photographs = settings("--method", "coop", "--model", model.toString());
        assertThat(photographs.path("own").path("initial").asString()).isEqualTo("a photo of a");
    }

    @Test
    void allClassesLeaveNothingToSelect() {
        for (var option : List.of("--lambda", "--max-classes", "--top-ratio")) {
            assertThat(refusal(2, "train", "--cskip", "off", option, "1"))
                    .contains(option + " contradicts --cskip off");
        }
        assertThat(refusal(2, "train", "--cskip", "off", "--mask", "run")).contains("--mask contradicts --cskip off");
    }

    /** More vectors than words begin at random, as do such as stand elsewhere. */
    @Test
    void vectorsFitTheirWords() throws Exception {
        assertThat(settings("--method", "coop", "--set", "context_tokens=8")
                        .path("own")
                        .path("initial")
                        .asString())
                .isEqualTo("random");
        assertThat(settings("--method", "coop", "--set", "context_tokens=2")
                        .path("own")
                        .path("initial")
                        .asString())
                .isEqualTo("a picture of a");
        var file = Files.writeString(folder.resolve("words.json"), "{\"own\": {\"initial\": \"my own four words\"}}");
        assertThat(settings("--method", "coop", "--settings", file.toString(), "--set", "context_tokens=8")
                        .path("own")
                        .path("initial")
                        .asString())
                .isEqualTo("my own four words");
        assertThat(settings("--method", "coop", "--set", "position=middle")
                        .path("own")
                        .path("initial")
                        .asString())
                .isEqualTo("random");
    }

    @Test
    void ownSettingsAreRefusedByTheirOwnName() {
        assertThat(refusal(2, "train", "--method", "coop", "--set", "position=above"))
                .contains("--set position is 'above': use end, middle, front");
        assertThat(refusal(1, "train", "--method", "coop", "--set", "context_tokens=0"))
                .contains("--set context_tokens is 0: use 1 to 64");
        assertThat(refusal(2, "train", "--method", "coop", "--set", "epochs=3"))
                .contains("--set epochs: use --epochs 3");
        assertThat(refusal(2, "train", "--method", "coop", "--set", "lr=3")).contains("--set lr: use --lr 3");
        assertThat(refusal(2, "train", "--method", "coop", "--set", "context_token=3"))
                .contains("did you mean context_tokens?");
    }

    /** What means nothing to a method is not printed, and refused. */
    @Test
    void settingsThatMeanNothingAreLeftOut() throws Exception {
        var printed = settings("--method", "coop");
        assertThat(printed.has("top_ratio")).isFalse();
        assertThat(printed.has("epochs")).isTrue();
        var file = Files.writeString(folder.resolve("own.json"), "{\"method\": \"coop\", \"top_ratio\": 0.5}");
        assertThat(refusal(1, "train", "--settings", file.toString(), "--print-config"))
                .contains("own.json: The method coop has no use for top_ratio, which is 0.5: leave it out");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{\"epochs\": \"ten\"}                    | \"epochs\" is \"ten\": use a whole number",
                "{\"epochs\": 2.5}                        | \"epochs\" is 2.5: use a whole number",
                "{\"epochs\": null}                       | \"epochs\" is null: use a whole number",
                "{\"learning_rate\": true}                | \"learning_rate\" is true: use a number",
                "{\"evaluate_at_end\": 1}                 | \"evaluate_at_end\" is 1: use true or false",
                "{\"templates\": 1}                       | \"templates\" is 1: use a text",
                "{\"own\": []}                            | \"own\" is []: use an object",
                "{\"method\": 3}                          | \"method\" is 3: use a text",
                "{\"epoch\": 3}                           | There is no setting \"epoch\": skip has ",
                "{\"method\": \"coop\", \"initial\": \"x\"} | is a setting of coop alone: put it below \"own\"",
                "{\"epochs\": 3,}                         | is not readable as JSON: line 1, column 14",
                "{\"epochs\": 1, \"epochs\": 2}             | \"epochs\" is there twice",
                "{\"own\": {\"nosuch\": 1}}               | The method skip has no setting 'nosuch'",
                "{\"learning_rate\": 1e999}               | \"learning_rate\" is \"Infinity\": use a number",
                "{\"epochs\": 0}                          | epochs is 0: use 1 to 1000000",
            })
    void aFileSaysWhatIsWrongWithIt(String content, String problem) throws Exception {
        var file = Files.writeString(folder.resolve("wrong.json"), content);
        assertThat(refusal(1, "train", "--settings", file.toString(), "--print-config"))
                .contains(problem);
    }

    /** A whole file leaves nothing to a preset or schedule; a run's own files are such, too. */
    @Test
    void aWholeFileContradictsAPreset() throws Exception {
        var printed =
                CommandRun.of("train", "--method", "coop", "--print-config").out();
        var whole = Files.writeString(folder.resolve("whole.json"), printed).toString();
        assertThat(refusal(2, "train", "--settings", whole, "--preset", "bundled", "--print-config"))
                .contains("--preset contradicts --settings, which has all settings");
        assertThat(refusal(2, "train", "--settings", whole, "--schedule", "few-shot", "--print-config"))
                .contains("--schedule contradicts --settings");
        var part = Files.writeString(folder.resolve("part.json"), "{\"epochs\": 3}")
                .toString();
        assertThat(settings("--settings", part, "--preset", "bundled")
                        .path("batch_size")
                        .asInt())
                .isEqualTo(16);
        var result =
                Files.writeString(folder.resolve("config.json"), "{\"skip_tuning\": {\"settings\": " + printed + "}}");
        assertThat(settings("--settings", result.toString())).isEqualTo(Json.read(printed));
    }

    @Test
    void methodsAreTold() {
        var all = json("methods").path("methods");
        assertThat(all).hasSize(16);
        assertThat(CommandRun.of("methods").out()).contains("skip           the last blocks of both towers");
        assertThat(CommandRun.of("methods", "coop").out())
                .contains("arXiv 2109.01134", "context_tokens", "trained vectors in a prompt (4; 1 to 64)");
        assertThat(CommandRun.of("methods", "skip").out()).contains("It has no settings of its own");
        assertThat(refusal(2, "methods", "coopp")).contains("did you mean coop?");
        assertThat(refusal(2, "speed", "--methods", "skip,foo")).contains("there is no method 'foo'");
        assertThat(refusal(2, "speed", "--methods", "tip-adapter"))
                .contains("tip-adapter has no steps that could be timed");
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
                .contains("wrong.json: There is no setting \"epoch\"");
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

    /** MaPLe's nine blocks do not fit; the rest is reported, and the status tells. */
    @Test
    void aFailedRunFailsTheComparison() {
        var arguments = new ArrayList<>(List.of(comparison(folder.resolve("comparison"))));
        arguments.set(arguments.indexOf("clip-adapter,tip-adapter"), "maple,tip-adapter");
        arguments.set(arguments.indexOf("1,2"), "1");
        var run = CommandRun.of(arguments.toArray(String[]::new));
        assertThat(run.status()).isEqualTo(1);
        assertThat(run.out()).contains("MaPLe (1 failed)", "| Tip-Adapter | ");
        assertThat(run.err()).contains("1 of the runs failed, as was told above; the same command does them again");
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
        assertThat(plan("--settings", "coop=" + file, "--methods", "skip").errorLines())
                .singleElement()
                .asString()
                .contains("is of no use: coop is not among --methods");
        assertThat(plan("--settings", "coop=" + file, "--settings", "CoOp=" + file)
                        .errorLines())
                .singleElement()
                .asString()
                .contains("--settings coop is there twice");
        var half = Files.writeString(folder.resolve("half.json"), "{\"precision\": \"bf16\"}");
        assertThat(plan("--settings", "coop=" + half).errorLines())
                .singleElement()
                .asString()
                .contains("holds the precision bf16: give --precision bf16 for all methods");
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
