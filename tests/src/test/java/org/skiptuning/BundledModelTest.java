package org.skiptuning;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.skiptuning.data.TemplateSet;
import org.skiptuning.data.bundled.BundledData;
import org.skiptuning.pretrain.Recipe;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The committed weights on the real pictures: they are what their log says, and Skip Tuning makes them better. */
@Tag("slow")
class BundledModelTest {
    private static final Path MODEL = Path.of("..", "models", "bundled");
    private static final String CACHE = "skiptuning.cache";
    private static final TemplateSet TEMPLATE = TemplateSet.of(BundledData.TEMPLATE);

    private static BundledData data;
    private static Clip clip;

    @BeforeAll
    static void open() {
        System.setProperty(CACHE, Path.of("target").toString());
        data = BundledData.open(ProgressListener.none());
        clip = Clip.load(MODEL, LoadOptions.defaults().withDevice(Device.cpu()));
    }

    @AfterAll
    static void close() {
        clip.close();
        System.clearProperty(CACHE);
    }

    private static JsonNode logged() throws Exception {
        return Files.readAllLines(MODEL.resolve("metrics.jsonl")).stream()
                .filter(line -> line.contains("test_accuracy"))
                .map(line -> JsonMapper.shared().readTree(line).path("test_accuracy"))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void wasMadeByTheRecipeThatPretrainUses() throws Exception {
        assertThat(Files.readString(MODEL.resolve("recipe.json")))
                .isEqualTo(Recipe.bundled().toJson());
    }

    /** The log's figure was measured in bf16, before the weights were rounded to fp16. */
    @Test
    void namesThingsInAStyleItNeverSaw() throws Exception {
        double accuracy = clip.zeroShot(data.dataSet("twemoji-200"), TEMPLATE, ProgressListener.none())
                .accuracy();
        assertThat(accuracy).isGreaterThan(80);
        assertThat(accuracy).isCloseTo(logged().path("twemoji-200").asDouble(), within(2.0));
    }

    @Test
    void skipTuningRaisesTheHarmonicMean() {
        var glyphs = data.dataSet("glyphs");
        var tuning = SkipTuning.builder()
                .preset("bundled")
                .classes(ClassSubset.BASE)
                .shots(8)
                .templates(BundledData.TEMPLATE)
                .build();
        double before = Evaluation.harmonicMean(
                clip.zeroShot(glyphs.base(), TEMPLATE, ProgressListener.none()).accuracy(),
                clip.zeroShot(glyphs.unseen(), TEMPLATE, ProgressListener.none())
                        .accuracy());
        try (var tuned = tuning.fit(clip, glyphs, TrainingListener.none())) {
            double after = Evaluation.harmonicMean(
                    tuned.evaluate(glyphs.base()).accuracy(),
                    tuned.evaluate(glyphs.unseen()).accuracy());
            assertThat(after).isGreaterThan(before + 1);
        }
    }
}
