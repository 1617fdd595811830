package org.skiptuning.speed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.skiptuning.Precision;
import org.skiptuning.checkpoint.ClipConfiguration;

class MemoryNeedTest {
    private static final ClipConfiguration SHAPE = ClipConfiguration.named("ViT-B-16-quickgelu");
    private static final double LOADED = 4 * 149_620_737.0;

    /** Peaks above the weights by docs/performance.md: never less is reckoned, nor much more. */
    @ParameterizedTest
    @CsvSource({
        "skip, 50, 9, 7, FP32, 542",
        "skip, 50, 6, 27, FP32, 1014",
        "skip, 1000, 9, 50, FP32, 571",
        "skip, 50, 9, 50, BF16, 484",
        "lora, 50, 9, 50, FP32, 567"
    })
    void isAboutWhatStepsWereMeasuredToTake(
            TimedMethod method, int classes, int startLayer, double kept, Precision precision, double mebibytes) {
        var need = MemoryNeed.bytes(settings(classes, startLayer, kept, precision), method) - LOADED;
        assertThat(need / 0x1p20).isBetween(mebibytes, 2 * mebibytes);
    }

    /** What another method holds for each class is no reason to refuse this one. */
    @Test
    void isCountedByMethod() {
        var settings = settings(100_000, 9, 7, Precision.FP32);
        var has = 8L << 30;
        assertThatCode(() -> MemoryNeed.check(settings, List.of(TimedMethod.SKIP), has))
                .doesNotThrowAnyException();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> MemoryNeed.check(settings, List.of(TimedMethod.SKIP, TimedMethod.COOP), has))
                .withMessageMatching("A step of coop needs about [0-9.]+ GiB and the machine has 8.0: use .*");
    }

    /** Full fine-tuning's gradients and momentum alone are twice the weights. */
    @Test
    void countsGradientsAndMomentum() {
        assertThat(MemoryNeed.bytes(settings(2, 0, 2, Precision.FP32), TimedMethod.FULL))
                .isGreaterThan(3.4 * LOADED);
    }

    private static SpeedSettings settings(int classes, int startLayer, double kept, Precision precision) {
        return new SpeedSettings(SHAPE, classes, 4, startLayer, kept, 0, 0, 10, precision, "cpu", 2, 1);
    }
}
