package org.skiptuning;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.skiptuning.data.DataSet;
import org.skiptuning.data.Datasets;
import org.skiptuning.data.TemplateSet;

/** The methods and their recipes. */
class MethodTest {
    static Stream<Method> all() {
        return Method.all().stream();
    }

    @Test
    void areThoseThatSkipTuningIsComparedWith() {
        assertThat(Method.all().stream().map(Method::toString))
                .containsExactly(
                        "skip",
                        "full",
                        "linear",
                        "lp++",
                        "coop",
                        "cocoop",
                        "kgcoop",
                        "prograd",
                        "maple",
                        "promptsrc",
                        "tcp",
                        "dept",
                        "clip-adapter",
                        "tip-adapter",
                        "tip-adapter-f",
                        "lora");
    }

    /** Every protocol on every data set, and the bundled model: values are in range, and come back from JSON. */
    @ParameterizedTest
    @MethodSource("all")
    void haveUsableRecipes(Method method) {
        assertThat(List.of(method.title(), method.about(), method.source())).doesNotContain("");
        for (var protocol : Presets.schedules()) {
            for (var dataSet : Datasets.names()) {
                for (var shots : new int[] {0, 1, 4, 16}) {
                    var settings = SkipTuning.builder(method)
                            .shots(shots)
                            .schedule(protocol, dataSet)
                            .settings();
                    assertThat(SettingsJson.read(SettingsJson.tree(settings))).isEqualTo(settings);
                }
            }
        }
        var bundled = SkipTuning.builder(method).preset("bundled").settings();
        assertThat(SkipTuning.builder(method)
                        .json(SkipTuning.builder(bundled).json())
                        .settings())
                .isEqualTo(bundled);
        assertThat(method.ownSettings().values()).doesNotContain("");
    }

    /** Published sets of templates are full of words that the small model does not know. */
    @ParameterizedTest
    @MethodSource("all")
    void speakTheBundledModelsWords(Method method) {
        for (var settings : List.of(
                SkipTuning.builder(method)
                        .preset("bundled")
                        .wordsOfBundledModel()
                        .settings(),
                SkipTuning.builder(method).wordsOfBundledModel().settings())) {
            assertThat(TemplateSet.names()).doesNotContain(settings.templates());
            for (var prompts : List.of("teacher", "prompts")) {
                assertThat(TemplateSet.names())
                        .doesNotContain(settings.ownText(prompts).orElse(""));
            }
            assertThat(settings.own().getOrDefault("initial", "").toString()).doesNotContain("photo");
        }
    }

    /** What was published, by shared tables of the methods' papers and code. */
    @ParameterizedTest
    @CsvSource({
        "coop, base-to-new, 16, '', 200, 32, 0.002",
        "coop, base-to-new, 16, ImageNet, 50, 32, 0.002",
        "coop, few-shot, 1, '', 50, 32, 0.002",
        "coop, few-shot, 4, '', 100, 32, 0.002",
        "coop, few-shot, 16, '', 200, 32, 0.002",
        "cocoop, base-to-new, 16, '', 10, 1, 0.002",
        "kgcoop, base-to-new, 16, '', 100, 128, 0.002",
        "prograd, base-to-new, 4, '', 100, 32, 0.002",
        "maple, base-to-new, 16, '', 5, 4, 0.0035",
        "maple, cross-dataset, 16, ImageNet, 2, 4, 0.0026",
        "promptsrc, base-to-new, 16, '', 20, 4, 0.0025",
        "promptsrc, few-shot, 16, '', 50, 4, 0.0025",
        "tcp, base-to-new, 16, '', 50, 32, 0.002",
        "tcp, base-to-new, 16, SUN397, 25, 32, 0.002",
        "dept, base-to-new, 16, '', 10, 4, 0.0035",
        "tip-adapter-f, few-shot, 16, EuroSAT, 100, 256, 0.001",
        "skip, base-to-new, 16, ImageNet, 5, 4, 2e-5",
        "full, base-to-new, 16, '', 10, 4, 1e-5",
        "full, cross-dataset, 16, '', 4, 4, 1e-5",
    })
    void trainAsPublished(
            String method, String protocol, int shots, String dataSet, int epochs, int batchSize, double rate) {
        var settings = SkipTuning.builder(Method.of(method))
                .shots(shots)
                .schedule(protocol, dataSet)
                .settings();
        assertThat(settings.epochs()).isEqualTo(epochs);
        assertThat(settings.batchSize()).isEqualTo(batchSize);
        assertThat(settings.learningRate()).isEqualTo(rate);
    }

    @Test
    void aProtocolTakesBackWhatAnotherChanged() {
        var coop = Method.of("coop");
        var there = SkipTuning.builder(coop).schedule("few-shot");
        assertThat(there.settings().own()).containsEntry("initial", "random").containsEntry("context_tokens", 16L);
        assertThat(there.schedule("base-to-new").settings())
                .isEqualTo(SkipTuning.builder(coop).settings());
        var promptSrc = Method.of("promptsrc");
        assertThat(SkipTuning.builder(promptSrc)
                        .schedule("few-shot", "eurosat")
                        .settings()
                        .own())
                .containsEntry("average_mean", 45.0)
                .containsEntry("average_deviation", 5.0);
    }

    @Test
    void ownSettingsAreChecked() {
        var coop = SkipTuning.builder(Method.of("coop"));
        assertThat(coop.set("context_tokens", "8").settings().own()).containsEntry("context_tokens", 8L);
        assertThat(coop.set("of_each_class", "true").settings().knowsOtherClasses())
                .isFalse();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> coop.set("text_weight", 8))
                .withMessage("The method coop has no setting 'text_weight': it has context_tokens, initial, position,"
                        + " of_each_class, prompts");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> coop.set("context_tokens", 0))
                .withMessage("context_tokens is 0: use 1 to 64");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> coop.set("context_tokens", "many"))
                .withMessage("context_tokens is 'many': use a whole number");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> coop.set("of_each_class", "perhaps"))
                .withMessage("of_each_class is 'perhaps': use true or false");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> coop.set("position", "above"))
                .withMessage("position is 'above': use end, middle, front");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> SkipTuning.builder().set("context_tokens", 8))
                .withMessage("The method skip has no setting 'context_tokens': it has none of its own");
    }

    @Test
    void anUnknownMethodNamesTheKnownOnes() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Method.of("coopp"))
                .withMessageStartingWith("Unknown method 'coopp': use skip, full, linear");
        assertThat(Method.of(" KgCoOp ")).isEqualTo(Method.of("kgcoop"));
    }

    @Test
    void settingsOfUnknownNamesAreRefused() {
        assertThatExceptionOfType(SkipTuningException.class)
                .isThrownBy(() -> SkipTuning.builder().json("{\"epoch\": 3}"))
                .withMessageContaining("There is no setting \"epoch\"");
        assertThatExceptionOfType(SkipTuningException.class)
                .isThrownBy(() -> SkipTuning.builder().json("[3]"))
                .withMessageContaining("no JSON object");
    }

    /** The epochs' weights of PromptSRC: a bell whose sum is 1, and the last epoch alone without a deviation. */
    @Test
    void promptsAreAveragedByABell() {
        var settings = SkipTuning.builder(Method.of("promptsrc")).settings();
        var average = EpochAverage.of(settings, 20).orElseThrow();
        assertThat(IntStream.range(0, 20).mapToDouble(average::weight).sum()).isCloseTo(1, within(1e-12));
        // mean 15, deviation 1, epochs counted from 1
        assertThat(average.weight(14)).isCloseTo(0.3989422804, within(1e-6));
        assertThat(average.weight(13) / average.weight(14)).isCloseTo(Math.exp(-0.5), within(1e-12));
        var far = SkipTuning.builder(settings).set("average_mean", 1000).settings();
        assertThat(EpochAverage.of(far, 20).orElseThrow().weight(19)).isGreaterThan(0.99);
        assertThat(EpochAverage.of(
                        SkipTuning.builder(settings).set("average_deviation", 0).settings(), 20))
                .isEmpty();
        assertThat(EpochAverage.of(SkipTuning.builder().settings(), 20)).isEmpty();
    }

    /** CLIP-LoRA's: a cosine over the run's steps, to a millionth. */
    @Test
    void ratesMayFollowTheSteps() {
        var settings = SkipTuning.builder(Method.of("lora")).settings();
        assertThat(Schedule.rates(settings, 0, 0, 800, 8000).text()).isEqualTo(2e-4);
        assertThat(Schedule.rates(settings, 3, 4000, 800, 8000).text()).isCloseTo((2e-4 + 1e-6) / 2, within(1e-12));
        assertThat(Schedule.rates(settings, 9, 7999, 800, 8000).image()).isCloseTo(1e-6, within(1e-10));
        var warm = SkipTuning.builder(settings).warmupEpochs(1).settings();
        assertThat(Schedule.rates(warm, 0, 799, 800, 8000).text()).isEqualTo(1e-5);
        assertThat(Schedule.rates(warm, 1, 800, 800, 8000).text()).isEqualTo(2e-4);
    }

    /** Weights, lengths and texts as published. */
    @Test
    void ownSettingsAreAsPublished() {
        assertThat(own("kgcoop")).containsEntry("text_weight", 8.0).containsEntry("context_tokens", 4L);
        assertThat(own("prograd")).containsEntry("logit_weight", 1.0).containsEntry("context_tokens", 16L);
        assertThat(own("maple")).containsEntry("depth", 9L).containsEntry("context_tokens", 2L);
        assertThat(own("promptsrc"))
                .containsEntry("text_weight", 25.0)
                .containsEntry("image_weight", 10.0)
                .containsEntry("logit_weight", 1.0)
                .containsEntry("average_mean", 15.0)
                .containsEntry("average_deviation", 1.0)
                .containsEntry("depth", 9L);
        assertThat(own("tcp")).containsEntry("text_weight", 8.0).containsEntry("depth", 9L);
        assertThat(own("dept")).containsEntry("head_weight", 0.7).containsEntry("text_weight", 2.0);
        assertThat(own("clip-adapter")).containsEntry("share", 0.2).containsEntry("reduction", 4L);
        assertThat(own("lora")).containsEntry("rank", 2L).containsEntry("dropout", 0.25);
        assertThat(own("tip-adapter-f")).isEqualTo(own("tip-adapter"));
        assertThat(SkipTuning.builder(Method.of("prograd"))
                        .shots(16)
                        .schedule("few-shot", "eurosat")
                        .settings()
                        .own())
                .containsEntry("logit_weight", 0.8);
        var pets = new DataSet("", List.of("cat"), List.of(), List.of(), List.of(), "OxfordPets");
        var actions = new DataSet("", List.of("Archery"), List.of(), List.of(), List.of(), "UCF101");
        assertThat(TemplateSet.of("prograd").prompts(pets)).containsExactly("a type of pet, a photo of a cat.");
        assertThat(TemplateSet.of("tcp-prompts").prompts(actions)).containsExactly("person doing Archery.");
        assertThat(TemplateSet.of("promptsrc").all(pets)).hasSize(60);
    }

    private static Map<String, Object> own(String method) {
        return SkipTuning.builder(Method.of(method)).settings().own();
    }

    /** What DePT stands on brings its published vectors along; what is given beside it stays. */
    @Test
    void aSettingMayBringOthersAlong() {
        var dept = Method.of("dept");
        assertThat(SkipTuning.builder(dept).set("base", "maple").settings().own())
                .containsEntry("context_tokens", 2L)
                .containsEntry("depth", 9L);
        assertThat(SkipTuning.builder(dept)
                        .set(Map.of("base", "coop", "context_tokens", 4))
                        .settings()
                        .own())
                .containsEntry("context_tokens", 4L)
                .containsEntry("initial", "random");
    }

    /** A protocol changes what it names, and nothing that was set. */
    @Test
    void aProtocolLeavesWhatItDoesNotName() {
        assertThat(SkipTuning.builder(Method.of("promptsrc"))
                        .set("text_weight", 5)
                        .schedule("few-shot")
                        .settings()
                        .own())
                .containsEntry("text_weight", 5.0)
                .containsEntry("average_mean", 30.0);
    }

    /** As the command line does. */
    @Test
    void whatMeansNothingToAMethodIsRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() ->
                        SkipTuning.builder(Method.of("coop")).topRatio(0.5).build())
                .withMessage("The method coop has no use for top_ratio, which is 0.5: leave it out");
        assertThat(SkipTuning.builder(Method.of("coop")).json()).doesNotContain("start_layer");
        assertThat(SkipTuning.builder(Method.of("coop"))
                        .json("{\"method\": \"maple\", \"own\": {\"depth\": 3}}")
                        .settings()
                        .own())
                .containsEntry("depth", 3L);
    }

    /** Words that were published give way to the small model's; others stay. */
    @Test
    void wordsOfTheBundledModelReplacePublishedOnes() {
        var dept = SkipTuning.builder(Method.of("dept")).set("base", "maple").wordsOfBundledModel();
        assertThat(dept.settings().own()).containsEntry("initial", "a picture of a");
        var own = SkipTuning.builder(Method.of("kgcoop"))
                .set("initial", "one two three four")
                .wordsOfBundledModel();
        assertThat(own.settings().own()).containsEntry("initial", "one two three four");
        assertThat(own.settings().templates()).isEqualTo("a picture of a {}.");
        var kept = SkipTuning.builder().wordsOfBundledModel(Set.of("templates"));
        assertThat(kept.settings().templates()).isEqualTo("skip-tuning");
    }

    @Test
    void whatTheyLeaveIsKnown() {
        assertThat(Method.all().stream().filter(Method::leavesOrdinaryModel).map(Method::toString))
                .containsExactly("skip", "full", "lora");
        assertThat(Method.all().stream()
                        .filter(method -> !method.knowsOtherClasses())
                        .map(Method::toString))
                .containsExactly("linear", "lp++");
        assertThat(Map.copyOf(Method.of("tcp").ownSettings())).containsKeys("hidden", "depth", "teacher");
    }
}
