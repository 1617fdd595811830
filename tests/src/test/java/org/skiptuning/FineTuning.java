package org.skiptuning;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The whole run on one device: what it learns, and that it resumes to the same bytes. */
abstract class FineTuning {
    private final LoadOptions device;

    FineTuning(Device device) {
        this.device = LoadOptions.defaults().withDevice(device);
    }

    @TempDir
    private Path folder;

    @ParameterizedTest
    @EnumSource(Precision.class)
    void learnsInEveryPrecision(Precision precision) throws Exception {
        var data = TinyPictures.write(folder.resolve("pictures"), 8, 6, 4);
        var tuning = SkipTuningTest.quick()
                .epochs(12)
                .topRatio(1)
                .precision(precision)
                .build();
        var recorder = new SkipTuningTest.Recorder();
        try (var clip = Clip.load(TinyClip.write(folder.resolve("model"), 1), device.withPrecision(precision))) {
            tuning.fit(clip, data, recorder).close();
        }
        assertThat(recorder.epochs.getLast().meanLoss())
                .isLessThan(0.7 * recorder.epochs.getFirst().meanLoss());
    }

    @Test
    void endsWhereTheProcessorEnds() throws Exception {
        var data = TinyPictures.write(folder.resolve("pictures"), 8, 4, 2);
        var model = TinyClip.write(folder.resolve("model"), 1);
        var tuning = SkipTuningTest.quick().build();
        try (var onDevice = Clip.load(model, device);
                var onProcessor = Clip.load(model, LoadOptions.defaults().withDevice(Device.cpu()));
                var first = tuning.fit(onDevice, data, TrainingListener.none());
                var second = tuning.fit(onProcessor, data, TrainingListener.none())) {
            assertThat(first.result().finalLoss().orElseThrow())
                    .isCloseTo(second.result().finalLoss().orElseThrow(), within(1e-3));
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
        try (var clip = Clip.load(TinyClip.write(folder.resolve("model"), 1), device)) {
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
