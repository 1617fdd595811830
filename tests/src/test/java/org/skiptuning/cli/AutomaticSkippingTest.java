package org.skiptuning.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.OptionalInt;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.skiptuning.StartLayer;

class AutomaticSkippingTest {
    /** A bend behind the last block would leave none to train. */
    @ParameterizedTest
    @CsvSource({"0, 12, 0", "9, 12, 9", "11, 12, 11", "12, 12, 11", "4, 4, 3"})
    void theBendIsTaken(int bend, int layers, int chosen) {
        assertThat(AutomaticSkipping.chosen(OptionalInt.of(bend), StartLayer.blocks(6), layers))
                .isEqualTo(chosen);
    }

    /** Without a bend the settings count, and of a tower that they do not fit three quarters stay frozen. */
    @ParameterizedTest
    @CsvSource({"9, 12, 9", "0, 12, 0", "0.75, 24, 18", "9, 9, 6", "9, 4, 3", "9, 1, 0"})
    void withoutABendTheSettingsCount(double otherwise, int layers, int chosen) {
        assertThat(AutomaticSkipping.chosen(OptionalInt.empty(), new StartLayer(otherwise), layers))
                .isEqualTo(chosen);
    }
}
