package org.skiptuning;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class StartLayerTest {
    @ParameterizedTest
    @CsvSource({
        "0.75, 12, 9",
        "0.75, 24, 18",
        "0.5, 11, 6",
        "9, 12, 9",
        "0, 12, 0",
        "1, 12, 1",
        "0.01, 12, 0",
        "0.99, 12, 11",
        "0.5, 1, 0"
    })
    void countsBlocksOrTakesAShareOfTheDepth(double value, int layers, int blocks) {
        assertThat(new StartLayer(value).resolve("image", layers)).isEqualTo(blocks);
    }

    @ParameterizedTest
    @ValueSource(doubles = {-1, 1.5, Double.NaN, 1001})
    void otherNumbersAreRefused(double value) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new StartLayer(value))
                .withMessageContaining("use a whole number of blocks from 0, or a share between 0 and 1");
    }

    @ParameterizedTest
    @CsvSource({"12, 12", "13, 12"})
    void leavesABlockToTrain(double value, int layers) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new StartLayer(value).resolve("text", layers))
                .withMessageContaining("leaves no block of the text tower to train: use 0 to 11");
    }

    @Test
    void aShareOfOneIsNotAShare() {
        assertThatIllegalArgumentException().isThrownBy(() -> StartLayer.share(1));
        assertThat(StartLayer.blocks(1)).hasToString("1");
        assertThat(StartLayer.share(0.75)).hasToString("0.75");
    }
}
