package org.skiptuning;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.skiptuning.data.DataSet;

/** Features that memory cannot hold lie in a file, and nothing else changes. */
class FeaturesFileTest {
    private static final long ENOUGH = 1 << 30;

    @TempDir
    private Path folder;

    @ParameterizedTest
    @EnumSource(
            value = Precision.class,
            names = {"FP32", "BF16"})
    void aRunEndsInTheSameBytes(Precision precision) throws Exception {
        var data = TinyPictures.write(folder.resolve("pictures"), 8, 4, 2);
        var place = Files.createDirectory(folder.resolve("place"));
        var options = LoadOptions.defaults().withDevice(Device.cpu()).withPrecision(precision);
        try (var clip = Clip.load(TinyClip.write(folder.resolve("model"), 1), options)) {
            train(clip, precision, data, new CacheRoom(place, ENOUGH, 0, ENOUGH), "in memory");
            train(clip, precision, data, new CacheRoom(place, 0, ENOUGH, ENOUGH), "in a file");
        }

        assertThat(folder.resolve("in a file/model.safetensors"))
                .hasSameBinaryContentAs(folder.resolve("in memory/model.safetensors"));
        assertThat(place).isEmptyDirectory();
    }

    private void train(Clip clip, Precision precision, DataSet data, CacheRoom room, String result) {
        var settings = SkipTuningTest.quick().views(2).precision(precision).settings();
        var mapped = new boolean[1];
        var listener = new TrainingListener() {
            @Override
            public void onStep(StepMetrics metrics) {
                mapped[0] = mappedFiles().contains(room.folder() + "/.features-");
            }
        };
        try (var tuned = TrainingRun.inMemory(settings, clip.model(), data, listener, room)) {
            tuned.save(folder.resolve(result));
        }
        assertThat(mapped[0]).isEqualTo(room.memory() == 0);
    }

    private static String mappedFiles() {
        try {
            return Files.readString(Path.of("/proc/self/maps"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void thereIsHalfOfWhatTheDiskHas() throws Exception {
        try (var clip = Clip.load(TinyClip.write(folder.resolve("model"), 1))) {
            var made = folder.resolve("not there").resolve("yet");
            assertThat(CacheRoom.of(clip.model().context(), made).disk()).isPositive();
            assertThat(made).isDirectory();
            var file = Files.createFile(folder.resolve("file"));
            assertThat(CacheRoom.of(clip.model().context(), file.resolve("below"))
                            .disk())
                    .isZero();
        }
    }
}
