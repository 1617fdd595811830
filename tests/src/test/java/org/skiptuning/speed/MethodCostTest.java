package org.skiptuning.speed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.skiptuning.Method;
import org.skiptuning.PictureAugmentation;
import org.skiptuning.SkipTuning;
import org.skiptuning.checkpoint.ClipConfiguration;

/** Whole runs against counts by hand. */
class MethodCostTest {
    private static final ClipConfiguration VIT_B_16 = ClipConfiguration.named("ViT-B-16-quickgelu");

    /** 197 tokens by 12·768² weights, and attention of 197 by 197 over 768 twice, two operations each. */
    private static final double IMAGE_BLOCK = (2.0 * 197 * 12 * 768 * 768 + 4.0 * 197 * 197 * 768) / 1e9;

    @Test
    void skipTuningAugmentsEachEpoch() {
        var cost = MethodCost.of(VIT_B_16, SkipTuning.builder().shots(16).settings(), 50);
        assertThat(cost.steps()).isEqualTo(16 * 50 / 4 * 20);
        assertThat(cost.pictures()).isEqualTo(16 * 50 * 20);
        assertThat(cost.prefixGigaflops()).isCloseTo(16_000 * 9 * IMAGE_BLOCK, within(1.0));
        assertThat(cost.gigaflops())
                .isCloseTo(cost.steps() * cost.stepGigaflops() + cost.prefixGigaflops(), within(1e-6));
    }

    /** Views pass the frozen blocks once each, pictures as they are once for all. */
    @Test
    void whatStaysTheSamePassesOnce() {
        var views = SkipTuning.builder().shots(16).views(4).settings();
        assertThat(MethodCost.of(VIT_B_16, views, 50).pictures()).isEqualTo(16 * 50 * 4);
        var plain = SkipTuning.builder()
                .shots(16)
                .augmentation(PictureAugmentation.NONE)
                .settings();
        assertThat(MethodCost.of(VIT_B_16, plain, 50).pictures()).isEqualTo(16 * 50);
    }

    @Test
    void aProbeWantsFeaturesAlone() {
        var cost = MethodCost.of(
                VIT_B_16, SkipTuning.builder(Method.of("linear")).shots(16).settings(), 50);
        assertThat(cost.steps()).isZero();
        assertThat(cost.gigaflops()).isCloseTo(800 * 12 * IMAGE_BLOCK, within(1.0));
    }

    /** A step is that of the run's own settings: vectors, rank and blocks are no standard's. */
    @Test
    void settingsCount() {
        var few = SkipTuning.builder(Method.of("coop"))
                .shots(16)
                .set("context_tokens", 4)
                .settings();
        var many = SkipTuning.builder(Method.of("coop"))
                .shots(16)
                .set("context_tokens", 16)
                .settings();
        // Prompts of 10 and of 22 tokens through and back through the text tower.
        assertThat(MethodCost.of(VIT_B_16, many, 50).stepGigaflops()
                        / MethodCost.of(VIT_B_16, few, 50).stepGigaflops())
                .isCloseTo(2.2, within(0.05));
        var thin =
                SkipTuning.builder(Method.of("lora")).shots(16).set("rank", 2).settings();
        var thick =
                SkipTuning.builder(Method.of("lora")).shots(16).set("rank", 64).settings();
        assertThat(MethodCost.of(VIT_B_16, thick, 50).stepGigaflops())
                .isGreaterThan(1.02 * MethodCost.of(VIT_B_16, thin, 50).stepGigaflops());
        var full = SkipTuning.builder(Method.of("full")).shots(16).settings();
        var skipping = SkipTuning.builder(full).startLayer(9).settings();
        assertThat(MethodCost.of(VIT_B_16, skipping, 50).stepGigaflops())
                .isLessThan(MethodCost.of(VIT_B_16, full, 50).stepGigaflops() / 4);
        assertThat(MethodCost.of(VIT_B_16, skipping, 50).prefixGigaflops()).isPositive();
    }

    /** A last batch that is not full is a step where the method's batches are so. */
    @Test
    void theLastBatchMayBeSmall() {
        var whole = SkipTuning.builder(Method.of("tip-adapter-f"))
                .shots(3)
                .batchSize(100)
                .epochs(2)
                .settings();
        assertThat(MethodCost.of(VIT_B_16, whole, 50).steps()).isEqualTo(2 * 2);
        var floored = SkipTuning.builder(Method.of("coop"))
                .shots(3)
                .batchSize(100)
                .epochs(2)
                .settings();
        assertThat(MethodCost.of(VIT_B_16, floored, 50).steps()).isEqualTo(2);
    }

    @Test
    void stepsMayBeCountedByTheShot() {
        var settings = SkipTuning.builder().shots(8).stepsPerShot(100).settings();
        assertThat(MethodCost.of(VIT_B_16, settings, 50).steps()).isEqualTo(800);
    }
}
