package org.skiptuning.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class NearestTest {
    @Test
    void findsSlipsOfTheHand() {
        var commands = List.of("train", "evaluate", "zero-shot", "predict", "pretrain");
        assertThat(Nearest.of("trian", commands)).contains("train");
        assertThat(Nearest.of("zeroshot", commands)).contains("zero-shot");
        assertThat(Nearest.of("PREDICT", commands)).contains("predict");
        assertThat(Nearest.of("xyz", commands)).isEmpty();
        assertThat(Nearest.of("", commands)).isEmpty();
    }

    @Test
    void countsEdits() {
        assertThat(Nearest.distance("kitten", "sitting")).isEqualTo(3);
        assertThat(Nearest.distance("ab", "ba")).isEqualTo(1);
        assertThat(Nearest.distance("", "abc")).isEqualTo(3);
    }
}
