package org.skiptuning.speed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.skiptuning.checkpoint.ClipConfiguration;

/** The formulas against figures that were worked out apart from them. */
class StepCostTest {
    private static final ClipConfiguration VIT_B_16 = ClipConfiguration.named("ViT-B-16-quickgelu");

    @ParameterizedTest
    @CsvSource({
        "9, 3, 118.1, 74.0",
        "9, 7, 136.0, 75.6",
        "9, 27, 225.4, 83.8",
        "9, 50, 328.1, 93.2",
        "6, 27, 450.7, 203.8",
        "6, 50, 656.3, 226.3"
    })
    void operationsOfSkipTuningAtBatchFour(int start, int kept, double published, double exact) {
        var cost = StepCost.of(VIT_B_16, start, start, 4, kept, 10);

        assertThat(cost.publishedGigaflops()).isCloseTo(published, within(0.06));
        assertThat(cost.exactGigaflops()).isCloseTo(exact, within(0.06));
    }

    @ParameterizedTest
    @CsvSource({"50, 1313", "1000, 18296"})
    void operationsOfFullFineTuning(int classes, double published) {
        assertThat(StepCost.of(VIT_B_16, 0, 0, 4, classes, 10).publishedGigaflops())
                .isCloseTo(published, within(1.0));
    }

    @ParameterizedTest
    @CsvSource({"50, 743", "100, 1346", "1000, 12203"})
    void operationsOfCoOp(int classes, double published) {
        var cost = StepCost.ofPrompts(VIT_B_16, 4, classes, 22, 1, 0, false, 16 * 512, false);

        assertThat(cost.publishedGigaflops()).isCloseTo(published, within(1.0));
        assertThat(cost.exactGigaflops()).isLessThan(published / 3);
        assertThat(cost.trainedParameters()).isEqualTo(16 * 512);
    }

    @ParameterizedTest
    @CsvSource({"50, 890.3, 333.2", "100, 1495.2, 403.8"})
    void operationsOfLoRA(int classes, double published, double exact) {
        var cost = StepCost.ofLowRank(VIT_B_16, 4, classes, 2, 10);

        assertThat(cost.publishedGigaflops()).isCloseTo(published, within(0.1));
        assertThat(cost.exactGigaflops()).isCloseTo(exact, within(0.1));
        assertThat(cost.trainedParameters()).isEqualTo(184_320);
        assertThat(cost.optimizerBytes()).isEqualTo(28 * 184_320);
    }

    @ParameterizedTest
    @CsvSource({"9, 31.4", "6, 62.1"})
    void trainedParameters(int start, double millions) {
        var cost = StepCost.of(VIT_B_16, start, start, 4, 7, 10);

        assertThat(cost.trainedParameters() / 1e6).isCloseTo(millions, within(0.05));
        assertThat(cost.optimizerBytes()).isEqualTo(20 * cost.trainedParameters());
    }

    @Test
    void aMeanLengthLiesBetweenWholeOnes() {
        var nine = StepCost.of(VIT_B_16, 9, 9, 4, 7, 9).exactGigaflops();
        var ten = StepCost.of(VIT_B_16, 9, 9, 4, 7, 10).exactGigaflops();

        assertThat(StepCost.of(VIT_B_16, 9, 9, 4, 7, 9.5).exactGigaflops()).isCloseTo((nine + ten) / 2, within(1e-9));
    }

    @Test
    void oneTrainedBlockIsFirstAndLast() {
        var two = StepCost.of(VIT_B_16, 10, 10, 4, 7, 10);
        var one = StepCost.of(VIT_B_16, 11, 11, 4, 7, 10);

        assertThat(one.exactGigaflops()).isPositive().isLessThan(two.exactGigaflops() / 5);
        assertThat(one.publishedGigaflops()).isCloseTo(two.publishedGigaflops() / 2, within(1e-9));
    }
}
