package org.skiptuning.ffi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.skiptuning.SkipTuningException;

class MappedFileTest {
    @TempDir
    private Path folder;

    @Test
    void readsLittleEndianAtAnyOffset() throws IOException {
        Path file = Files.write(folder.resolve("héllo wörld"), new byte[] {0, 1, 2, 3, 4, 5, 6, 7, 8});
        try (var mapped = MappedFile.open(file)) {
            assertThat(mapped.size()).isEqualTo(9);
            assertThat(mapped.byteAt(8)).isEqualTo((byte) 8);
            assertThat(mapped.intAt(1)).isEqualTo(0x04030201);
            assertThat(mapped.longAt(1)).isEqualTo(0x0807060504030201L);
            var bytes = new byte[3];
            mapped.copyTo(6, bytes, 0, 3);
            assertThat(bytes).containsExactly(6, 7, 8);
            assertThatThrownBy(() -> mapped.longAt(2)).isInstanceOf(IndexOutOfBoundsException.class);
        }
    }

    @Test
    void mapsMoreThanTwoGibibytes() throws IOException {
        Path file = folder.resolve("sparse");
        long size = (1L << 31) + 16;
        try (var channel = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            channel.write(java.nio.ByteBuffer.wrap(new byte[] {42}), size - 1);
        }
        try (var mapped = MappedFile.open(file)) {
            assertThat(mapped.byteAt(size - 1)).isEqualTo((byte) 42);
            assertThat(mapped.slice(size - 8, 8).getByte(7)).isEqualTo((byte) 42);
        }
    }

    @Test
    void cannotBeWritten() throws IOException {
        try (var mapped = MappedFile.open(Files.write(folder.resolve("f"), new byte[8]))) {
            var slice = mapped.slice(0, 8);
            assertThatThrownBy(() -> slice.putByte(0, (byte) 1)).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void emptyFilesCanBeOpened() throws IOException {
        try (var mapped = MappedFile.open(Files.createFile(folder.resolve("empty")))) {
            assertThat(mapped.size()).isZero();
            assertThat(mapped.slice(0, 0).size()).isZero();
        }
    }

    @Test
    void useAfterCloseIsAnIllegalState() throws IOException {
        var mapped = MappedFile.open(Files.write(folder.resolve("f"), new byte[8]));
        var slice = mapped.slice(0, 4);
        mapped.close();
        mapped.close();
        assertThatThrownBy(() -> mapped.byteAt(0)).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> slice.getByte(0))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("f is closed");
    }

    @Test
    void errorsNameTheFile() {
        Path missing = folder.resolve("missing");
        assertThatThrownBy(() -> MappedFile.open(missing))
                .isInstanceOf(SkipTuningException.class)
                .hasMessageContaining(missing.toString());
        assertThatThrownBy(() -> MappedFile.open(folder))
                .isInstanceOf(SkipTuningException.class)
                .hasMessageContaining(folder.toString());
    }
}
