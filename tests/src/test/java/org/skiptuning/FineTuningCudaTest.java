package org.skiptuning;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The whole run on a card: what it learns, and that it resumes to the same bytes. */
@OnCuda
class FineTuningCudaTest {
    private static final LoadOptions CARD = LoadOptions.defaults().withDevice(Device.cuda(0));

    @TempDir
    private Path folder;

    @ParameterizedTest
    @EnumSource(Precision.class)
    void learnsInEveryPrecision(Precision precision) throws Exception {
        var data = TinyPictures.write(folder.resolve("pictures"), 8, 4, 2);
        var tuning = SkipTuningTest.quick().precision(precision).build();
        try (var clip = Clip.load(TinyClip.write(folder.resolve("model"), 1), CARD.withPrecision(precision));
                var tuned = tuning.fit(clip, data, TrainingListener.none())) {
            assertThat(tuned.result().finalLoss()).isLessThan(0.5);
            assertThat(tuned.evaluate(data).accuracy()).isGreaterThan(60);
        }
    }

    @Test
    void endsWhereTheProcessorEnds() throws Exception {
        var data = TinyPictures.write(folder.resolve("pictures"), 8, 4, 2);
        var model = TinyClip.write(folder.resolve("model"), 1);
        var tuning = SkipTuningTest.quick().build();
        try (var onCard = Clip.load(model, CARD);
                var onProcessor = Clip.load(model, LoadOptions.defaults().withDevice(Device.cpu()));
                var first = tuning.fit(onCard, data, TrainingListener.none());
                var second = tuning.fit(onProcessor, data, TrainingListener.none())) {
            assertThat(first.result().finalLoss()).isCloseTo(second.result().finalLoss(), within(1e-3));
            assertThat(first.evaluate(data).accuracy())
                    .isEqualTo(second.evaluate(data).accuracy());
        }
    }

    @Test
    void anInterruptedRunGoesOnToTheSameBytes() throws Exception {
        var data = TinyPictures.write(folder.resolve("pictures"), 8, 4, 2);
        var tuning = SkipTuningTest.quick().build();
        var interrupting = new TrainingListener() {
            @Override
            public void onStep(StepMetrics metrics) {
                if (metrics.step() == 7) {
                    Thread.currentThread().interrupt();
                }
            }
        };
        try (var clip = Clip.load(TinyClip.write(folder.resolve("model"), 1), CARD)) {
            tuning.fit(clip, data, TrainingListener.none(), folder.resolve("whole"), false)
                    .close();
            assertThatExceptionOfType(TrainingInterruptedException.class)
                    .isThrownBy(() -> tuning.fit(clip, data, interrupting, folder.resolve("parts"), false));
            assertThat(Thread.interrupted()).isTrue();
            tuning.fit(clip, data, TrainingListener.none(), folder.resolve("parts"), true)
                    .close();
        }
        assertThat(folder.resolve("parts").resolve("model.safetensors"))
                .hasSameBinaryContentAs(folder.resolve("whole").resolve("model.safetensors"));
    }
}
