package org.skiptuning;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.skiptuning.data.Datasets;
import tools.jackson.databind.node.ObjectNode;

class TrainingSettingsTest {
    @Test
    void startsFromThePaper() {
        var settings = SkipTuning.builder().settings();

        assertThat(settings.imageStartLayer()).isEqualTo(StartLayer.blocks(9));
        assertThat(settings.topRatio()).isEqualTo(0.05);
        assertThat(settings)
                .isEqualTo(SkipTuning.builder()
                        .preset("paper")
                        .schedule("base-to-new")
                        .settings());
    }

    @Test
    void referenceHasTheImplementationsDefaults() {
        var settings = SkipTuning.builder().preset("reference").settings();

        assertThat(settings.imageStartLayer()).isEqualTo(StartLayer.blocks(6));
        assertThat(settings.topRatio()).isEqualTo(0.5);
        assertThat(settings.maxClasses()).isEqualTo(50);
        assertThat(settings.lambda()).isEqualTo(0.3);
        assertThat(settings.mask()).isEqualTo(MaskPolicy.RUN);
        assertThat(settings.momentum()).isEqualTo(0.9);
        assertThat(settings.weightDecay()).isEqualTo(5e-4);
    }

    @Test
    void crossDatasetAndDomainShareASchedule() {
        var cross = SkipTuning.builder().schedule("cross-dataset").settings();

        assertThat(cross).isEqualTo(SkipTuning.builder().schedule("domain").settings());
        assertThat(cross.imageLearningRate()).isEqualTo(1e-6);
        assertThat(cross.warmupLearningRate()).isEqualTo(1e-8);
    }

    @Test
    void largeDataSetsTakeAQuarterOfTheEpochs() {
        assertThat(epochs("few-shot", "ImageNet")).isEqualTo(10);
        assertThat(epochs("base-to-new", "SUN397")).isEqualTo(5);
        assertThat(epochs("few-shot", "")).isEqualTo(40);
        assertThat(Datasets.names().stream().filter(name -> epochs("few-shot", name) == 10))
                .containsExactlyInAnyOrder("imagenet", "food101", "sun397");
        assertThat(Datasets.names().stream().filter(name -> epochs("few-shot", name) == 40))
                .hasSize(Datasets.names().size() - 3);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> epochs("few", "dtd"))
                .withMessageStartingWith("Unknown schedule 'few': use base-to-new");
    }

    private static int epochs(String protocol, String dataSet) {
        return SkipTuning.builder().schedule(protocol, dataSet).settings().epochs();
    }

    /** Another method's settings come with it; what is no part of a recipe stays. */
    @Test
    void anotherMethodBringsItsSettings() {
        var full = SkipTuning.builder()
                .shots(4)
                .seed(7)
                .startLayer(9)
                .method(Method.FULL)
                .settings();

        assertThat(full.imageStartLayer()).isEqualTo(StartLayer.blocks(0));
        assertThat(full.topRatio()).isEqualTo(1);
        assertThat(full.epochs()).isEqualTo(10);
        assertThat(full.shots()).isEqualTo(4);
        assertThat(full.seed()).isEqualTo(7);
        assertThat(SkipTuning.builder(full)
                        .method(Method.FULL)
                        .startLayer(6)
                        .settings()
                        .textStartLayer())
                .isEqualTo(StartLayer.blocks(6));
    }

    @Test
    void unknownPresetsNameTheKnownOnes() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> SkipTuning.builder().preset("papier"))
                .withMessage("Unknown preset 'papier': use paper, reference, bundled");
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, -0.1, 1.5, Double.NaN, Double.POSITIVE_INFINITY})
    void aShareOfClassesOutOfRangeIsRefused(double ratio) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> SkipTuning.builder().topRatio(ratio).build())
                .withMessage(
                        "topRatio is " + ratio + ": use a share above 0 up to 1, or a whole number of classes above 1");
    }

    @Test
    void everyNumberHasARange() {
        refuses(builder -> builder.epochs(0), "epochs is 0: use 1 to 1000000");
        refuses(builder -> builder.batchSize(0), "batchSize is 0: use 1 to 65536");
        refuses(builder -> builder.lambda(-1), "lambda is -1.0: use 0.0 to 1000.0");
        refuses(builder -> builder.learningRate(Double.NaN), "learningRate is NaN: use 0.0 to 10.0");
        refuses(builder -> builder.imageLearningRate(11), "imageLearningRate is 11.0: use 0.0 to 10.0");
        refuses(builder -> builder.momentum(1), "momentum is 1.0: use 0 up to, but without, 1");
        refuses(builder -> builder.momentum(-0.1), "momentum is -0.1: use 0 up to, but without, 1");
        refuses(builder -> builder.weightDecay(-1), "weightDecay is -1.0: use 0.0 to 1.0");
        refuses(builder -> builder.warmupEpochs(-1), "warmupEpochs is -1: use 0 to 1000000");
        refuses(builder -> builder.shots(-1), "shots is -1: use 0 to 1000000");
        refuses(
                builder -> builder.templates("a photo"),
                "templates is 'a photo': use skip-tuning, coop, kgcoop, prograd, promptsrc, tcp, tcp-prompts, tip-adapter,"
                        + " or a text with {} where the class name goes");
    }

    private static void refuses(UnaryOperator<SkipTuningBuilder> change, String message) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> change.apply(SkipTuning.builder()).build())
                .withMessage(message);
    }

    @Test
    void settingsSurviveJson() {
        var settings = SkipTuning.builder()
                .startLayer(StartLayer.share(0.75))
                .mask(MaskPolicy.RUN)
                .optimizer(Optimizer.ADAMW)
                .templates("ein Bild von {}.")
                .seed(Long.MIN_VALUE)
                .settings();

        var tree = SettingsJson.tree(settings);

        assertThat(SettingsJson.read(SettingsJson.MAPPER.readTree(tree.toString())))
                .isEqualTo(settings);
        assertThat(tree.get("image_start_layer").doubleValue()).isEqualTo(0.75);
        assertThat(tree.get("augmentation").stringValue()).isEqualTo("crop-flip");
    }

    @Test
    void jsonWithAnUnknownOrMissingValueIsRefused() {
        var more = (ObjectNode) SettingsJson.tree(SkipTuning.builder().settings());
        more.put("colour", "red");
        var less = (ObjectNode) SettingsJson.tree(SkipTuning.builder().settings());
        less.remove("epochs");

        assertThatExceptionOfType(SkipTuningException.class)
                .isThrownBy(() -> SettingsJson.read(more))
                .withMessageContaining("colour");
        assertThatExceptionOfType(SkipTuningException.class)
                .isThrownBy(() -> SettingsJson.read(less))
                .withMessageContaining("epochs");
    }
}
