package org.skiptuning;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.skiptuning.data.DataSet;
import org.skiptuning.data.LabelledImage;
import org.skiptuning.data.TemplateSet;

/** Feature sensitivity and gradient dependence on a tiny model. */
class AnalysesTest {
    @TempDir
    static Path folder;

    private static final TemplateSet TEMPLATES = TemplateSet.of("a {}.");

    private static DataSet data;
    private static Clip clip;

    @BeforeAll
    static void load() throws IOException {
        data = TinyPictures.write(folder.resolve("pictures"), 6, 4, 4);
        clip = Clip.load(
                TinyClip.write(folder.resolve("model"), 1),
                LoadOptions.defaults().withDevice(Device.cpu()).withThreads(1));
    }

    @AfterAll
    static void close() {
        clip.close();
    }

    private static List<Path> pictures() {
        return data.test().stream().map(LabelledImage::path).toList();
    }

    private static FeatureSensitivity sensitivity(FineTuned tuned) {
        return FeatureSensitivity.between(clip, tuned, pictures(), data, TEMPLATES, ProgressListener.none());
    }

    /** Blocks that stay frozen make of an input what they made of it, and those behind them don't. */
    @Test
    void skippedBlocksHaveNone() {
        var settings = SkipTuning.builder()
                .startLayer(2)
                .topRatio(1)
                .epochs(3)
                .batchSize(4)
                .learningRate(0.01)
                .imageLearningRate(0.01)
                .warmupEpochs(0)
                .build();
        try (var tuned = settings.fit(clip, data, TrainingListener.none())) {
            var sensitivity = sensitivity(tuned);
            assertThat(sensitivity.image()).hasSize(clip.info().imageLayers());
            assertThat(sensitivity.text()).hasSize(clip.info().textLayers());
            assertThat(sensitivity.image().subList(0, 2)).containsOnly(0.0);
            assertThat(sensitivity.text().subList(0, 2)).containsOnly(0.0);
            assertThat(sensitivity.image().subList(2, clip.info().imageLayers()))
                    .allMatch(distance -> distance > 0);
            assertThat(sensitivity.text().subList(2, clip.info().textLayers())).allMatch(distance -> distance > 0);
            assertThat(sensitivity.relativeImage().getLast()).isBetween(1e-6, 10.0);
        }
    }

    /** The gradient of a picture's own class is that of all others together, for probabilities add up to 1. */
    @Test
    void gradientsAddUp() {
        var dependence = GradientDependence.of(clip, data, 1000, TEMPLATES, ProgressListener.none());
        assertThat(dependence.byRank()).hasSize(6).allMatch(size -> size >= 0);
        assertThat(dependence.byRank().subList(1, 6).stream()
                        .mapToDouble(Double::doubleValue)
                        .sum())
                .isCloseTo(
                        dependence.byRank().getFirst(),
                        within(1e-9 + 1e-6 * dependence.byRank().getFirst()));
        // By similarity: none gets more than the one before.
        assertThat(dependence.byRank().subList(1, 6)).isSortedAccordingTo((one, other) -> Double.compare(other, one));
        assertThat(dependence.suggestedTopRatio()).isBetween(1.0 / 6, 1.0);
        assertThat(dependence.lambda()).isPositive();
        assertThat(dependence.suggests()).isEqualTo(6 - dependence.kept() >= 3);
    }

    /** A line through two points explains anything. */
    @Test
    void fewClassesSuggestNothing() {
        assertThat(GradientDependence.fitted(new double[] {1}, 1).suggests()).isFalse();
        assertThat(GradientDependence.fitted(new double[] {1, 1}, 1).suggests()).isFalse();
        assertThat(GradientDependence.fitted(new double[] {1, 0.9, 0.07, 0.03}, 1)
                        .suggests())
                .isFalse();
        assertThat(GradientDependence.fitted(new double[] {1, 0.9, 0.04, 0.03, 0.02, 0.01}, 1)
                        .suggests())
                .isTrue();
    }

    /** Outputs grow from block to block: what counts is how much they change of that. */
    @Test
    void startLayersAreSuggestedByShares() {
        var even = List.of(1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0);
        var bent = List.of(0.1, 0.11, 0.12, 0.13, 0.14, 0.15, 0.3, 0.6);
        var sensitivity = new FeatureSensitivity(even, bent, bent, even);
        assertThat(sensitivity.suggestedImageStartLayer()).hasValue(6);
        assertThat(sensitivity.suggestedTextStartLayer()).isEmpty();
    }

    /** An exponential's scale is found again, and what holds nine tenths of it. */
    @Test
    void theDeclineIsFitted() {
        var sizes = new double[101];
        sizes[0] = 7;
        for (var rank = 1; rank <= 100; rank++) {
            sizes[rank] = Math.exp(-5.0 * (rank - 1) / 99 / 0.8);
        }
        var dependence = GradientDependence.fitted(sizes, 1);
        // As class-wise skipping draws it: over the ranks behind the kept ones, evenly on [0, 5].
        assertThat(dependence.lambda()).isCloseTo(0.8 * 99 / (100 - dependence.kept()), within(1e-9));
        assertThat(dependence.fit()).isCloseTo(1, within(1e-9));
        // 1 - exp(-5 x / 0.8) of 1 - exp(-5 / 0.8) is nine tenths at x = 0.3676.
        assertThat(dependence.suggestedTopRatio()).isCloseTo(0.37 + 0.01, within(0.015));
    }

    @Test
    void curvesAreComparedByTheirOrder() {
        var rising = List.of(1.0, 2.0, 4.0, 8.0);
        assertThat(FeatureSensitivity.rankCorrelation(rising, List.of(0.1, 0.2, 0.3, 9.0)))
                .hasValue(1);
        assertThat(FeatureSensitivity.rankCorrelation(rising, List.of(4.0, 3.0, 2.0, 1.0)))
                .hasValue(-1);
        // Spearman's by hand, with the middle two tied: ranks 0, 1.5, 1.5, 3.
        assertThat(FeatureSensitivity.rankCorrelation(rising, List.of(1.0, 2.0, 2.0, 3.0))
                        .getAsDouble())
                .isCloseTo(4.5 / Math.sqrt(5 * 4.5), within(1e-12));
        assertThat(FeatureSensitivity.rankCorrelation(rising, List.of(0.0, 0.0, 0.0, 0.0)))
                .isEmpty();
    }

    /** The list of pictures goes by class: each has its share in what is looked at. */
    @Test
    void somePicturesAreOfAllClasses() {
        assertThat(FeatureSensitivity.spread(data.train(), 6).stream().map(LabelledImage::label))
                .containsExactly(0, 1, 2, 3, 4, 5);
        assertThat(FeatureSensitivity.spread(data.train(), 1000)).isEqualTo(data.train());
    }

    @Test
    void aMethodBesideTheModelHasNone() {
        var coop = SkipTuning.builder(Method.of("coop"))
                .epochs(1)
                .batchSize(4)
                .set(Map.of("initial", "random", "context_tokens", 2))
                .build();
        try (var tuned = coop.fit(clip, data, TrainingListener.none())) {
            assertThatIllegalStateException().isThrownBy(() -> sensitivity(tuned));
        }
    }
}
