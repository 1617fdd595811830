package org.skiptuning.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.skiptuning.ffi.MappedFile;

class TorchArchiveTest {
    private static final int ELEMENTS = 4;

    @TempDir
    private Path folder;

    /** Each of four neighbouring lengths of a name puts the numbers at another remainder of their alignment. */
    @ParameterizedTest
    @ValueSource(strings = {"a", "ab", "abc", "abcd"})
    void tensorsThatShareAStorageAreReadWhereverItLies(String root) throws IOException {
        var file = folder.resolve("weights.pt");
        var numbers = ByteBuffer.allocate(ELEMENTS * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        for (int index = 0; index < ELEMENTS; index++) {
            numbers.putFloat(index);
        }
        try (var zip = new ZipOutputStream(Files.newOutputStream(file))) {
            put(zip, root + "/data.pkl", pickle().getBytes(StandardCharsets.ISO_8859_1));
            put(zip, root + "/data/0", numbers.array());
        }
        try (var archive = TorchArchive.open(file)) {
            assertThat(archive.tensors()).hasSize(3);
            for (int index = 0; index < 3; index++) {
                var tensor = archive.tensors().get(index);
                assertThat(tensor.name()).isEqualTo("t" + index);
                assertThat(Tensors.values(tensor)).containsExactly(index, index + 1);
            }
        }
    }

    @Test
    void aPartIsCopiedOnce() throws IOException {
        var path = Files.write(folder.resolve("file"), new byte[] {0, 1, 2, 3, 4, 5});
        try (var file = MappedFile.open(path);
                var copies = new AlignedCopies(file)) {
            var copy = copies.of(1, 4);
            assertThat(copy.getInt(0)).isEqualTo(0x04030201);
            assertThat(copies.of(1, 4)).isSameAs(copy);
            assertThat(copies.of(2, 4)).isNotSameAs(copy);
        }
    }

    /** A state dictionary of three tensors of two numbers, each beginning one further on. */
    private static String pickle() {
        var pickle = new StringBuilder("\u0080\u0002}(");
        for (int offset = 0; offset < 3; offset++) {
            pickle.append(text("t" + offset))
                    .append("ctorch._utils\n_rebuild_tensor_v2\n((")
                    .append(text("storage"))
                    .append("ctorch\nFloatStorage\n")
                    .append(text("0"))
                    .append(text("cpu"))
                    .append("K" + (char) ELEMENTS + "tQK" + (char) offset + "K\u0002\u0085K\u0001\u0085\u0089}tR");
        }
        return pickle + "u.";
    }

    private static String text(String value) {
        return "X" + (char) value.length() + "\0\0\0" + value;
    }

    private static void put(ZipOutputStream zip, String name, byte[] content) throws IOException {
        var sum = new CRC32();
        sum.update(content);
        var entry = new ZipEntry(name);
        entry.setMethod(ZipEntry.STORED);
        entry.setSize(content.length);
        entry.setCrc(sum.getValue());
        zip.putNextEntry(entry);
        zip.write(content);
        zip.closeEntry();
    }
}
