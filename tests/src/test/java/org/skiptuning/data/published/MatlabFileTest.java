package org.skiptuning.data.published;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.skiptuning.DataSetException;
import us.hebi.matlab.mat.format.Mat5;
import us.hebi.matlab.mat.types.Sinks;

class MatlabFileTest {
    @TempDir
    Path folder;

    @Test
    void readsWhatScipyWrites() {
        assertThat(MatlabFile.texts(GoldenFile.path("cars_meta.mat"), "class_names"))
                .containsExactly("AM General Hummer SUV 2000", "Acura RL Sedan 2012", "Citroën C4 2011");
        assertThat(MatlabFile.records(GoldenFile.path("cars_annos.mat"), "annotations", "fname", "class"))
                .containsExactly(
                        List.of("00001.jpg", "3"),
                        List.of("00002.jpg", "1"),
                        List.of("00003.jpg", "2"),
                        List.of("00004.jpg", "2"));
        assertThat(MatlabFile.numbers(GoldenFile.path("imagelabels.mat"), "labels"))
                .containsExactly("77", "77", "1", "102");
    }

    @Test
    void anotherVariableOrKindIsNamed() {
        var labels = GoldenFile.path("imagelabels.mat");
        assertThatThrownBy(() -> MatlabFile.numbers(labels, "label"))
                .isInstanceOf(DataSetException.class)
                .hasMessageContaining("imagelabels.mat has no variable label of the expected kind");
        assertThatThrownBy(() -> MatlabFile.texts(labels, "labels"))
                .isInstanceOf(DataSetException.class)
                .hasMessageContaining("of the expected kind");
        assertThatThrownBy(() -> MatlabFile.records(GoldenFile.path("cars_annos.mat"), "annotations", "name"))
                .isInstanceOf(DataSetException.class);
    }

    /** Whatever becomes of a file, it is read or refused in one sentence that names it. */
    @ParameterizedTest
    @ValueSource(strings = {"cars_meta.mat", "cars_annos.mat", "imagelabels.mat"})
    void damagedFilesAreRefused(String name) throws IOException {
        var whole = Files.readAllBytes(GoldenFile.path(name));
        var file = folder.resolve(name);
        var random = new SplittableRandom(3);
        for (var length = 0; length < whole.length; length += 7) {
            check(file, Arrays.copyOf(whole, length));
        }
        for (var i = 0; i < 700; i++) {
            var damaged = whole.clone();
            for (var changes = random.nextInt(1, 4); changes > 0; changes--) {
                damaged[random.nextInt(damaged.length)] = (byte) random.nextInt(256);
            }
            check(file, damaged);
        }
    }

    /** Where nothing is compressed, damage comes to what reads the values. */
    @Test
    void damagedValuesAreRefused() throws IOException {
        var records = Mat5.newStruct(1, 3);
        for (var i = 0; i < 3; i++) {
            records.set("class", i, Mat5.newScalar(i + 1));
            records.set("fname", i, Mat5.newString("0000" + i + ".jpg"));
        }
        var cells = Mat5.newCell(1, 2);
        cells.set(0, Mat5.newString("Acura RL Sedan 2012"));
        cells.set(1, Mat5.newString("Volvo C30 Hatchback 2012"));
        var source = folder.resolve("plain.mat");
        try (var sink = Sinks.newStreamingFile(source.toFile())) {
            Mat5.newMatFile()
                    .addArray("annotations", records)
                    .addArray("class_names", cells)
                    .addArray("labels", Mat5.newScalar(7))
                    .writeTo(sink.order(ByteOrder.LITTLE_ENDIAN));
        }
        assertThat(MatlabFile.texts(source, "class_names")).hasSize(2);
        var whole = Files.readAllBytes(source);
        var file = folder.resolve("damaged.mat");
        var random = new SplittableRandom(4);
        for (var length = 0; length < whole.length; length += 3) {
            check(file, Arrays.copyOf(whole, length));
        }
        for (var i = 0; i < 4000; i++) {
            var damaged = whole.clone();
            for (var changes = random.nextInt(1, 4); changes > 0; changes--) {
                damaged[random.nextInt(128, damaged.length)] =
                        (byte) (random.nextBoolean() ? random.nextInt(256) : random.nextInt(8));
            }
            check(file, damaged);
        }
    }

    private static void check(Path file, byte[] bytes) throws IOException {
        Files.write(file, bytes);
        for (Runnable read : List.<Runnable>of(
                () -> MatlabFile.texts(file, "class_names"),
                () -> MatlabFile.numbers(file, "labels"),
                () -> MatlabFile.records(file, "annotations", "fname", "class"))) {
            try {
                read.run();
            } catch (DataSetException refused) {
                assertThat(refused).hasMessageContaining(file.toString());
            }
        }
    }
}
