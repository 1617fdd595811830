package org.skiptuning;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.skiptuning.data.DataSet;
import org.skiptuning.data.LabelledImage;

class EvaluatorTest {
    @Test
    void softmaxSurvivesLargeLogits() {
        var probabilities = PictureScores.softmax(new float[] {10000, 10000, -10000});

        assertThat(probabilities).containsExactly(0.5, 0.5, 0);
        assertThat(Arrays.stream(PictureScores.softmax(new float[] {1, 2, 3})).sum())
                .isCloseTo(1, within(1e-12));
    }

    @Test
    void countsByLabelNotByName() {
        var images = List.of(
                new LabelledImage(Path.of("a"), 0),
                new LabelledImage(Path.of("b"), 1),
                new LabelledImage(Path.of("c"), 1));
        var data = new DataSet("twins", List.of("missile", "missile"), List.of(), List.of(), images, "");

        var evaluation = Evaluator.tally(data, images, new double[][] {{0.5, 0.5}, {0.9, 0.1}, {0.2, 0.8}});

        assertThat(evaluation.correct()).isEqualTo(2);
        assertThat(evaluation.accuracy()).isCloseTo(66.67, within(0.01));
        assertThat(evaluation.perClass())
                .containsExactly(new ClassResult(0, "missile", 1, 1), new ClassResult(1, "missile", 1, 2));
        assertThat(evaluation.images().get(1)).isEqualTo(new ImageResult(Path.of("b"), 1, 0, 0.9));
    }

    @Test
    void theHarmonicMeanIsZeroWhereOneIs() {
        assertThat(Evaluation.harmonicMean(0, 80)).isZero();
        assertThat(Evaluation.harmonicMean(60, 30)).isCloseTo(40, within(1e-12));
    }
}
