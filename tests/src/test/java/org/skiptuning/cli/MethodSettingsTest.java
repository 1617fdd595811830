package org.skiptuning.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.skiptuning.Method;
import org.skiptuning.Presets;
import tools.jackson.databind.JsonNode;

/** The settings of methods by presets, options and files. */
class MethodSettingsTest {
    @TempDir
    Path folder;

    private Path model = Path.of("");

    @BeforeEach
    void prepare() throws Exception {
        model = TinyClip.write(folder.resolve("model"), 3);
    }

    private static JsonNode json(String... arguments) {
        var all = new ArrayList<>(List.of(arguments));
        all.addAll(List.of("--json", "-"));
        var run = CommandRun.of(all.toArray(String[]::new));
        assertThat(run.err()).isEmpty();
        assertThat(run.status()).isZero();
        return Json.read(run.out());
    }

    private static JsonNode settings(String... arguments) {
        var all = new ArrayList<>(List.of("train", "--print-config"));
        all.addAll(List.of(arguments));
        return json(all.toArray(String[]::new));
    }

    private static String initial(String... arguments) {
        return settings(arguments).path("own").path("initial").asString();
    }

    private static String refusal(int status, String... arguments) {
        var run = CommandRun.of(arguments);
        assertThat(run.status()).isEqualTo(status);
        assertThat(run.errorLines()).hasSize(1);
        return run.errorLines().getFirst();
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
        assertThat(initial("--method", "coop")).isEqualTo("a picture of a");
        assertThat(initial("--method", "coop", "--set", "initial=a photo of a")).isEqualTo("a photo of a");
        assertThat(initial("--method", "coop", "--schedule", "few-shot")).isEqualTo("random");
        assertThat(initial("--method", "dept", "--set", "base=maple")).isEqualTo("a picture of a");
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
        assertThat(initial("--method", "coop", "--set", "context_tokens=8")).isEqualTo("random");
        assertThat(initial("--method", "coop", "--set", "context_tokens=2")).isEqualTo("a picture of a");
        var file = Files.writeString(folder.resolve("words.json"), "{\"own\": {\"initial\": \"my own four words\"}}");
        assertThat(initial("--method", "coop", "--settings", file.toString(), "--set", "context_tokens=8"))
                .isEqualTo("my own four words");
        assertThat(initial("--method", "coop", "--set", "position=middle")).isEqualTo("random");
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

    /** A sweep's protocol brings its schedule along, but for the bundled preset, which has lengths of its own. */
    @Test
    void aProtocolGivesWayToTheBundledPreset() {
        for (var protocol : Presets.schedules()) {
            for (var method : Method.all()) {
                var occasion = new SettingOptions.Occasion(protocol, Optional.of("bundled"), "", true);
                var settings = new SettingOptions()
                        .ofSeveral(method, 4, Optional.empty(), occasion)
                        .settings();
                var elsewhere = new SettingOptions()
                        .ofSeveral(
                                method,
                                4,
                                Optional.empty(),
                                new SettingOptions.Occasion("base-to-new", Optional.of("bundled"), "", true))
                        .settings();
                assertThat(settings).as(protocol + " " + method).isEqualTo(elsewhere);
            }
            var published = new SettingOptions.Occasion(protocol, Optional.empty(), "", false);
            assertThat(new SettingOptions()
                            .ofSeveral(Method.SKIP, 4, Optional.empty(), published)
                            .settings()
                            .epochs())
                    .isEqualTo(protocol.equals("few-shot") ? 40 : 20);
        }
    }
}
