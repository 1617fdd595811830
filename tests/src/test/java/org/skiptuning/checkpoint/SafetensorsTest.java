package org.skiptuning.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.skiptuning.ffi.ElementType;
import org.skiptuning.ffi.TensorView;

class SafetensorsTest {
    @TempDir
    private Path folder;

    @Test
    void whatIsWrittenIsReadAgain() throws IOException {
        var file = folder.resolve("some weights \u00e4\u4e2d.safetensors");
        var matrix = Tensors.counting("matrix \"quoted\"", 1, 3, 5);
        var written = List.of(
                matrix,
                Tensors.transposed(Tensors.counting("transposed", 100, 4, 2)),
                Tensors.counting("scalar", 7),
                Tensors.zeros("empty", ElementType.FLOAT64, 0, 3),
                Tensors.zeros("half", ElementType.FLOAT16, 3),
                Tensors.zeros("bytes", ElementType.UINT8, 3));
        SafetensorsWriter.write(file, written, Map.of("format", "pt", "note", "\u00fc"));
        try (var read = SafetensorsFile.open(file)) {
            assertThat(read.metadata()).isEqualTo(Map.of("format", "pt", "note", "\u00fc"));
            assertThat(read.tensors()).hasSameSizeAs(written);
            for (var tensor : written) {
                var again = read.tensors().stream()
                        .filter(each -> each.name().equals(tensor.name()))
                        .findFirst()
                        .orElseThrow();
                assertThat(again.shape()).containsExactly(tensor.shape());
                assertThat(again.type()).isEqualTo(tensor.type());
                if (tensor.type() != ElementType.UINT8) {
                    assertThat(Tensors.values(again)).containsExactly(Tensors.values(tensor));
                }
            }
        }
        try (var files = Files.list(folder)) {
            assertThat(files).containsExactly(file);
        }
    }

    @Test
    void sameContentGivesSameBytes() throws IOException {
        var first = Tensors.counting("a", 1, 2);
        var second = Tensors.counting("b", 1, 2);
        SafetensorsWriter.write(folder.resolve("1"), List.of(first, second), Map.of("x", "1", "y", "2"));
        SafetensorsWriter.write(folder.resolve("2"), List.of(second, first), Map.of("y", "2", "x", "1"));
        assertThat(folder.resolve("1")).hasSameBinaryContentAs(folder.resolve("2"));
    }

    @Test
    void bytesAreThoseOfTheReferenceWriter() {
        try (var golden = SafetensorsFile.open(Golden.path("open_clip/open_clip_model.safetensors"))) {
            var file = folder.resolve("again.safetensors");
            SafetensorsWriter.write(file, golden.tensors(), golden.metadata());
            assertThat(file).hasSameBinaryContentAs(Golden.path("open_clip/open_clip_model.safetensors"));
        }
    }

    @Test
    void aMappedFileStaysWhatItWasWhenItsPlaceIsWrittenAgain() {
        var file = folder.resolve("weights.safetensors");
        SafetensorsWriter.write(file, List.of(Tensors.counting("a", 1, 2)), Map.of());
        try (var before = SafetensorsFile.open(file)) {
            SafetensorsWriter.write(file, List.of(Tensors.counting("a", 10, 2)), Map.of());
            assertThat(Tensors.values(before.tensors().getFirst())).containsExactly(1, 2);
        }
    }

    @Test
    void unalignedNumbersAreReadToo() throws IOException {
        var json = "{\"a\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[0,1]},"
                + "\"b\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[1,5]}}";
        write(
                json,
                ByteBuffer.allocate(5)
                        .order(ByteOrder.LITTLE_ENDIAN)
                        .put((byte) 9)
                        .putFloat(2.5f)
                        .array());
        try (var file = SafetensorsFile.open(folder.resolve("file"))) {
            assertThat(Tensors.values(file.tensors().getLast())).containsExactly(2.5f);
        }
    }

    @Test
    void typesThatTheCoreDoesNotTakeAreListed() throws IOException {
        write("{\"mask\":{\"dtype\":\"BOOL\",\"shape\":[2],\"data_offsets\":[0,2]}}  ", new byte[2]);
        try (var file = SafetensorsFile.open(folder.resolve("file"))) {
            assertThat(file.tensors()).isEmpty();
            assertThat(file.unsupported()).isEqualTo(Map.of("mask", "BOOL"));
        }
    }

    @Test
    void twoTensorsOfOneNameAreTheCallersMistake() {
        assertThatThrownBy(() -> SafetensorsWriter.write(
                        folder.resolve("file"),
                        List.of(Tensors.counting("a", 1, 2), Tensors.counting("a", 1, 2)),
                        Map.of()))
                .isInstanceOf(IllegalArgumentException.class);
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void viewsEndWithTheFile() {
        TensorView view;
        try (var golden = SafetensorsFile.open(Golden.path("open_clip/open_clip_model.safetensors"))) {
            view = golden.tensors().getFirst();
        }
        assertThatThrownBy(() -> view.buffer().getFloat(0)).isInstanceOf(IllegalStateException.class);
    }

    private void write(String json, byte[] data) throws IOException {
        byte[] header = json.getBytes(StandardCharsets.UTF_8);
        var bytes = ByteBuffer.allocate(8 + header.length + data.length).order(ByteOrder.LITTLE_ENDIAN);
        Files.write(
                folder.resolve("file"),
                bytes.putLong(header.length).put(header).put(data).array());
    }
}
