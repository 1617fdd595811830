package org.skiptuning.speed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.skiptuning.Precision;
import org.skiptuning.checkpoint.ClipConfiguration;

class FlowTest {
    private static final ClipConfiguration VIT_B_16 = ClipConfiguration.named("ViT-B-16-quickgelu");

    private static SpeedSettings settings(int classes, double topRatio, double lambda, int most) {
        return new SpeedSettings(VIT_B_16, classes, 4, 9, topRatio, lambda, most, 1, Precision.FP32, "cpu", 0, 1);
    }

    /**
     * A large λ leaves a straight line from 1 to 0 over the ranks: half of the others. r·M is rounded up as the core does,
     * 0.07 of 100 to 8, for it is a little more than 7 in binary.
     */
    @ParameterizedTest
    @CsvSource({
        "100, 0.05, 0, 0, 5",
        "100, 0.07, 0, 0, 8",
        "100, 0.5, 0, 20, 20",
        "100, 300, 0, 0, 100",
        "105, 5, 1000, 0, 55",
        "2, 1, 1000, 0, 2",
        "1, 0.05, 0.3, 0, 1"
    })
    void keptClassesAreCounted(int classes, double topRatio, double lambda, int most, double kept) {
        assertThat(Flow.keptClasses(settings(classes, topRatio, lambda, most))).isCloseTo(kept, within(0.05));
    }

    /** Three blocks of each tower; four pictures of 197 tokens, and each kept class's prompt up to its end. */
    @Test
    void skipTuningPassesThreeBlocks() {
        var flow = Flow.of(settings(100, 0.05, 0, 0), TimedMethod.of("skip"));
        assertThat(flow.imageBlocks()).isEqualTo(3);
        assertThat(flow.textBlocks()).isEqualTo(3);
        assertThat(flow.classes()).isEqualTo(5);
        assertThat(flow.imageTokens()).isEqualTo(4 * 197);
        assertThat(flow.classTokens()).isEqualTo(5 * 10);
    }

    @Test
    void othersPassWhatTheyTrain() {
        var all = settings(100, 0.05, 0.3, 0);
        var full = Flow.of(all, TimedMethod.of("full"));
        assertThat(full.imageBlocks()).isEqualTo(12);
        assertThat(full.classes()).isEqualTo(100);
        var coop = Flow.of(all, TimedMethod.of("coop"));
        assertThat(coop.imageBlocks()).isZero();
        assertThat(coop.imageTokens()).isZero();
        // Sixteen vectors stand in each of ten tokens' place less the four of the words that they replace.
        assertThat(coop.classTokens()).isEqualTo(100 * 22);
        // A prompt for each picture and class.
        var cocoop = Flow.of(all, TimedMethod.of("cocoop"));
        assertThat(cocoop.classTokens()).isEqualTo(4 * 100 * 10);
        var probe = Flow.of(all, TimedMethod.of("linear"));
        assertThat(probe.imageBlocks() + probe.textBlocks()).isZero();
    }
}
