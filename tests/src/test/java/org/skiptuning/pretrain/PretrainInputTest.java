package org.skiptuning.pretrain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.skiptuning.checkpoint.Tokenizer;
import org.skiptuning.data.bundled.BundledPicture;
import org.skiptuning.ffi.NativeBuffer;

/** What goes into a step: pictures, captions, changes, first weights and rates. */
class PretrainInputTest {
    private static List<BundledPicture> pictures(int rareThings, int commonThings, int stylesOfCommon) {
        List<BundledPicture> pictures = new ArrayList<>();
        for (var i = 0; i < rareThings; i++) {
            pictures.add(new BundledPicture(pictures.size(), "s", "i", "rare-" + i, ""));
        }
        for (var i = 0; i < commonThings; i++) {
            for (var style = 0; style < stylesOfCommon; style++) {
                pictures.add(new BundledPicture(pictures.size(), "s" + style, "i", "common-" + i, ""));
            }
        }
        return pictures;
    }

    @Test
    void showsDifferentThingsInAStepAndTheSameOnesWhenAskedAgain() {
        var sampler = new PairSampler(pictures(50, 50, 4), 3);
        for (var step = 0; step < 20; step++) {
            var chosen = sampler.pictures(step, 30);
            assertThat(chosen).hasSize(30).extracting(BundledPicture::name).doesNotHaveDuplicates();
            assertThat(sampler.pictures(step, 30)).isEqualTo(chosen);
            assertThat(sampler.pictures(step + 1, 30)).isNotEqualTo(chosen);
        }
    }

    @Test
    void showsAThingTheMoreOftenTheMorePicturesItHas() {
        var sampler = new PairSampler(pictures(200, 200, 4), 5);
        Map<Boolean, Integer> counts = new HashMap<>();
        for (var step = 0; step < 400; step++) {
            sampler.pictures(step, 20)
                    .forEach(picture -> counts.merge(picture.name().startsWith("c"), 1, Integer::sum));
        }
        assertThat((double) counts.get(true) / counts.get(false)).isCloseTo(4, within(0.5));
    }

    @Test
    void writesTheMainCaptionAsOftenAsTheRecipeSays() {
        var captions = new CaptionWriter(new Recipe.Captions("a {}.", 0.6, List.of("{}", "the {}")), 1);
        var main = IntStream.range(0, 4000)
                .filter(i -> captions.caption("bus", 3, i).equals("a bus."))
                .count();
        assertThat(main / 4000.0).isCloseTo(0.6, within(0.03));
        assertThat(captions.caption("bus", 3, 17)).isEqualTo(captions.caption("bus", 3, 17));
        assertThat(captions.all(List.of("bus"))).containsExactly("a bus.", "bus", "the bus");
    }

    @Test
    void changesAPictureWithinTheRecipeAndMirrorsOnlyWhatMayBe() {
        var changes = new PictureChanges(Recipe.bundled().pictures(), 1, 64);
        var size = 72;
        var mirrored = 0;
        try (var rgb = NativeBuffer.allocate(3L * size * size)) {
            for (var index = 0; index < 500; index++) {
                var arrow = changes.change(new BundledPicture(0, "s", "i", "left-bus", ""), rgb, size, 2, index);
                var bus = changes.change(new BundledPicture(0, "s", "i", "bus", ""), rgb, size, 2, index);
                assertThat(determinant(arrow.map())).as("orientation").isPositive();
                mirrored += determinant(bus.map()) < 0 ? 1 : 0;
                var scale = Math.sqrt(Math.abs(determinant(bus.map()))) * 64 / size;
                assertThat(scale).isBetween(0.6 - 1e-6, 1.3 + 1e-6);
                var centre = 32 * bus.map().get(0)
                        + 32 * bus.map().get(1)
                        + bus.map().get(2);
                assertThat(centre / size).isBetween(0.5f - 0.1201f, 0.5f + 0.1201f);
            }
        }
        assertThat(mirrored / 500.0).isCloseTo(0.5, within(0.08));
    }

    private static double determinant(List<Float> map) {
        return map.get(0) * map.get(4) - map.get(1) * map.get(3);
    }

    @Test
    void cutsTheVocabularyAndKeepsTheEndLargest() {
        var clip = Tokenizer.clip(20);
        var vocabulary = new CaptionVocabulary(clip, List.of("a red bus.", "hippopotamus"));
        var ids = vocabulary.encode("a bus.");
        assertThat(ids[ids.length - 1]).isEqualTo(vocabulary.size() - 1);
        assertThat(vocabulary.clipIds()).isSorted().endsWith(49406, 49407);
        var whole = clip.encode("a bus.");
        for (var i = 0; i < ids.length; i++) {
            assertThat((long) vocabulary.clipIds().get((int) ids[i])).isEqualTo(whole[i]);
        }
        assertThatThrownBy(() -> vocabulary.encode("a zebra")).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void startsFromClipsDeviations() {
        var model = Recipe.bundled().model();
        try (var weights = InitialWeights.of(model, 1000, 1);
                var again = InitialWeights.of(model, 1000, 1);
                var other = InitialWeights.of(model, 1000, 2)) {
            assertThat(deviation(weights, "transformer.resblocks.3.attn.in_proj_weight"))
                    .isCloseTo(Math.pow(128, -0.5), within(1e-3));
            assertThat(deviation(weights, "visual.transformer.resblocks.3.mlp.c_proj.weight"))
                    .isCloseTo(Math.pow(192, -0.5) * Math.pow(24, -0.5), within(2e-4));
            assertThat(deviation(weights, "token_embedding.weight")).isCloseTo(0.02, within(2e-4));
            assertThat(deviation(weights, "visual.transformer.resblocks.0.mlp.c_fc.bias"))
                    .isZero();
            assertThat(values(weights, "logit_scale")).containsExactly((float) Math.log(1 / 0.07));
            assertThat(values(weights, "visual.ln_pre.weight")).containsOnly(1f);
            assertThat(values(again, "visual.proj")).isEqualTo(values(weights, "visual.proj"));
            assertThat(values(other, "visual.proj")).isNotEqualTo(values(weights, "visual.proj"));
        }
    }

    private static float[] values(InitialWeights weights, String name) {
        var tensor = weights.tensors().stream()
                .filter(view -> view.name().equals(name))
                .findFirst()
                .orElseThrow();
        var values = new float[(int) tensor.elements()];
        tensor.buffer().getFloats(0, values, 0, values.length);
        return values;
    }

    private static double deviation(InitialWeights weights, String name) {
        var sum = 0.0;
        var values = values(weights, name);
        for (var value : values) {
            sum += (double) value * value;
        }
        return Math.sqrt(sum / values.length);
    }

    @Test
    void makesTheSameBatchAgain(@TempDir Path folder) throws IOException {
        var recipe = ToyCorpus.recipe(10);
        var corpus = ToyCorpus.write(folder);
        var vocabulary =
                new CaptionVocabulary(Tokenizer.clip(12), new CaptionWriter(recipe.captions(), 7).all(corpus.texts()));
        try (var maker = new BatchMaker(recipe, corpus, vocabulary);
                var first = maker.make(3);
                var again = maker.make(3);
                var other = maker.make(4)) {
            assertThat(bytes(first.pixels())).isEqualTo(bytes(again.pixels()));
            assertThat(bytes(first.tokens())).isEqualTo(bytes(again.tokens()));
            assertThat(bytes(first.pixels())).isNotEqualTo(bytes(other.pixels()));
            assertThat(first.groups()).hasSize(16).doesNotHaveDuplicates();
        }
    }

    @Test
    void raisesTheRatesAndLetsThemFallToZero() {
        var recipe = Recipe.bundled().withSteps(1100);
        assertThat(recipe.rateFactor(0)).isCloseTo(1 / 101.0, within(1e-12));
        assertThat(recipe.rateFactor(100)).isEqualTo(1);
        assertThat(recipe.rateFactor(600)).isCloseTo(0.5, within(1e-9));
        assertThat(recipe.rateFactor(1099)).isLessThan(1e-5);
        assertThat(Recipe.bundled().withSteps(20).warmupSteps()).isEqualTo(2);
    }

    @Test
    void readsBackItsOwnSettings() {
        var recipe = Recipe.bundled().withSteps(77);
        assertThat(Recipe.fromJson(recipe.toJson().getBytes(StandardCharsets.UTF_8)))
                .isEqualTo(recipe);
    }

    private static byte[] bytes(NativeBuffer buffer) {
        var bytes = new byte[Math.toIntExact(buffer.size())];
        buffer.copyTo(0, bytes, 0, bytes.length);
        return bytes;
    }
}
