package org.skiptuning.benchmark.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class AxisTicksTest {
    @Test
    void aLinearAxisHasRoundNumbers() {
        assertThat(labels(AxisTicks.linear(51.36, 51.49)))
                .containsExactly("51.36", "51.38", "51.40", "51.42", "51.44", "51.46", "51.48");
        assertThat(labels(AxisTicks.linear(3, 97))).containsExactly("20", "40", "60", "80");
        assertThat(labels(AxisTicks.linear(-1, 1.2))).contains("-0.5", "0.0", "1.0");
    }

    @Test
    void aLogarithmicAxisHasNumbersWhateverItsRange() {
        assertThat(labels(AxisTicks.logarithmic(0.1, 3000))).containsExactly("0.1", "1", "10", "100", "1000");
        assertThat(labels(AxisTicks.logarithmic(40, 170))).containsExactly("50", "70", "100", "150");
        assertThat(labels(AxisTicks.logarithmic(0.3, 0.33)))
                .containsExactly("0.300", "0.305", "0.310", "0.315", "0.320", "0.325", "0.330");
        assertThat(AxisTicks.logarithmic(1e-3, 1e12)).hasSizeBetween(3, 8);
    }

    private static List<String> labels(List<AxisTicks.Tick> ticks) {
        return ticks.stream().map(AxisTicks.Tick::label).toList();
    }
}
