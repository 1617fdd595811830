package org.skiptuning.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.skiptuning.SkipTuningException;

class AtomicFileTest {
    @TempDir
    private Path folder;

    @Test
    void aFailedWriteLeavesTheOldFile() throws IOException {
        var file = folder.resolve("file");
        Files.writeString(file, "old");
        assertThatThrownBy(() -> AtomicFile.write(file, channel -> {
                    channel.write(ByteBuffer.wrap(new byte[100]));
                    throw new IOException("No space left on device");
                }))
                .isInstanceOf(SkipTuningException.class)
                .hasMessageContaining("No space left")
                .hasMessageContaining("MiB are free");
        assertThat(file).hasContent("old");
        try (var files = Files.list(folder)) {
            assertThat(files).containsExactly(file);
        }
    }

    @Test
    void whatAKilledProcessLeftIsRemoved() throws IOException {
        Files.writeString(folder.resolve(".file.99999999.partial"), "left");
        Files.writeString(folder.resolve(".other.99999999.partial"), "not of this file");
        AtomicFile.write(folder.resolve("file"), "new".getBytes(StandardCharsets.UTF_8));
        assertThat(folder.resolve(".file.99999999.partial")).doesNotExist();
        assertThat(folder.resolve(".other.99999999.partial")).exists();
    }
}
