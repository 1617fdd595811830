package org.skiptuning;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Golden numbers: Python's {@code lr * (1 + math.cos(math.pi * (e - w) / E)) / 2}. */
class ScheduleTest {
    private static final Percentage TIGHT = Percentage.withPercentage(1e-12);

    @ParameterizedTest
    @CsvSource({
        "0, 1e-06, 1e-06",
        "1, 2e-05, 5e-06",
        "2, 1.9876883405951378e-05, 4.9692208514878445e-06",
        "10, 1.156434465040231e-05, 2.8910861626005774e-06",
        "19, 4.894348370484648e-07, 1.223587092621162e-07"
    })
    void baseToNewWarmsUpAndThenFollowsTheCosineCountedFromTheEndOfWarmUp(int epoch, double text, double image) {
        var rates = Schedule.rates(SkipTuning.builder().schedule("base-to-new").settings(), epoch);

        assertThat(rates.text()).isCloseTo(text, TIGHT);
        assertThat(rates.image()).isCloseTo(image, TIGHT);
    }

    @ParameterizedTest
    @CsvSource({"0, 1e-05", "1, 9.984586668665641e-06", "20, 5e-06", "39, 1.541333133436018e-08"})
    void fewShotHasNoWarmUpAndOneRate(int epoch, double rate) {
        var rates = Schedule.rates(SkipTuning.builder().schedule("few-shot").settings(), epoch);

        assertThat(rates.text()).isCloseTo(rate, Percentage.withPercentage(1e-9));
        assertThat(rates.image()).isEqualTo(rates.text());
    }

    @Test
    void warmUpIsOneConstantForEveryGroupInEachOfItsEpochs() {
        var settings =
                SkipTuning.builder().warmupEpochs(3).warmupLearningRate(7e-7).settings();

        assertThat(Schedule.rates(settings, 2)).isEqualTo(new LearningRates(7e-7, 7e-7));
        assertThat(Schedule.rates(settings, 3)).isEqualTo(new LearningRates(2e-5, 5e-6));
    }

    @Test
    void anEpochOutsideTheRunIsRefused() {
        var settings = SkipTuning.builder().epochs(2).settings();

        assertThatIllegalArgumentException()
                .isThrownBy(() -> Schedule.rates(settings, 2))
                .withMessage("epoch is 2: use 0 to 1");
    }
}
