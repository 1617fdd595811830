package org.skiptuning;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.skiptuning.data.DataSet;

/** Features that memory cannot hold lie in a file, and nothing else changes. */
class FeaturesFileTest {
    private static final long ENOUGH = 1 << 30;
    private static final LoadOptions CPU = LoadOptions.defaults().withDevice(Device.cpu());

    @TempDir
    private Path folder;

    @ParameterizedTest
    @EnumSource(
            value = Precision.class,
            names = {"FP32", "BF16"})
    void aRunEndsInTheSameBytes(Precision precision) throws Exception {
        var data = TinyPictures.write(folder.resolve("pictures"), 8, 4, 2);
        var place = Files.createDirectory(folder.resolve("place"));
        try (var clip = Clip.load(TinyClip.write(folder.resolve("model"), 1), CPU.withPrecision(precision))) {
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

    /** Another one goes on in the same company of pictures, and with the same bytes, only where all have room, too. */
    @Test
    void anInterruptedRunGoesOnInItsFile() throws Exception {
        var data = TinyPictures.write(folder.resolve("pictures"), 8, 4, 2);
        var spilled = new CacheRoom(folder, 0, ENOUGH, ENOUGH);
        var interrupting = new TrainingListener() {
            @Override
            public void onStep(StepMetrics metrics) {
                if (metrics.step() == 7) {
                    Thread.currentThread().interrupt();
                }
            }
        };
        var warnings = new ArrayList<String>();
        var warned = new TrainingListener() {
            @Override
            public void onWarning(String text) {
                warnings.add(text);
            }
        };
        try (var clip = Clip.load(TinyClip.write(folder.resolve("model"), 1), CPU)) {
            inDirectory(clip, data, TrainingListener.none(), "whole", false, spilled);
            assertThatExceptionOfType(TrainingInterruptedException.class)
                    .isThrownBy(() -> inDirectory(clip, data, interrupting, "parts", false, spilled));
            assertThat(Thread.interrupted()).isTrue();
            inDirectory(clip, data, warned, "parts", true, spilled);
            assertThat(warnings).isEmpty();
            assertThat(folder.resolve("parts/model.safetensors"))
                    .hasSameBinaryContentAs(folder.resolve("whole/model.safetensors"));
            inDirectory(clip, data, warned, "parts", true, spilled.withoutDisk());
            assertThat(warnings).singleElement().asString().contains("without room for all pictures' features");
        }
    }

    private void inDirectory(
            Clip clip, DataSet data, TrainingListener listener, String name, boolean resume, CacheRoom room) {
        var settings = SkipTuningTest.quick().settings();
        TrainingRun.inDirectory(
                        settings, clip.model(), data, listener, folder.resolve(name), resume, Optional.empty(), room)
                .close();
    }

    /** As where a quota says less than the disk. */
    @Test
    void aFileThatCannotBeMadeIsDoneWithout() throws Exception {
        var data = TinyPictures.write(folder.resolve("pictures"), 8, 4, 2);
        var nowhere = Files.createFile(folder.resolve("a file")).resolve("below");
        var warnings = new ArrayList<String>();
        var listener = new TrainingListener() {
            @Override
            public void onWarning(String text) {
                warnings.add(text);
            }
        };
        try (var clip = Clip.load(TinyClip.write(folder.resolve("model"), 1), CPU)) {
            var settings = SkipTuningTest.quick().settings();
            var room = new CacheRoom(nowhere, 0, ENOUGH, ENOUGH);
            try (var tuned = TrainingRun.inMemory(settings, clip.model(), data, listener, room)) {
                assertThat(tuned.result().steps()).isPositive();
            }
        }
        assertThat(warnings).singleElement().asString().contains("no room in " + nowhere);
    }

    @Test
    void thereIsHalfOfWhatTheDiskHas() throws Exception {
        try (var clip = Clip.load(TinyClip.write(folder.resolve("model"), 1), CPU)) {
            var place = folder.resolve("not there").resolve("yet");
            assumeThat(Files.getFileStore(folder).type()).isNotIn("tmpfs", "ramfs");
            var half = (double) Files.getFileStore(folder).getUsableSpace() / 2;
            assertThat(CacheRoom.of(clip.model().context(), place).disk() / half)
                    .isCloseTo(1, within(0.1));
            assertThat(place).doesNotExist();
        }
    }
}
