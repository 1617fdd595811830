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

    @Test
    void stepsMayBeCountedByTheShot() {
        var settings = SkipTuning.builder().shots(8).stepsPerShot(100).settings();
        assertThat(MethodCost.of(VIT_B_16, settings, 50).steps()).isEqualTo(800);
    }
}
