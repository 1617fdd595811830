package org.skiptuning.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.skiptuning.SkipTuningException;

class AtomicFileTest {
    @TempDir
    private Path folder;

    @Test
    void aLinkStaysALinkAndAPipeAPipe() throws Exception {
        var target = Files.writeString(folder.resolve("target"), "old");
        var link = Files.createSymbolicLink(folder.resolve("link"), target);
        AtomicFile.write(link, "new");
        assertThat(link).isSymbolicLink();
        assertThat(target).hasContent("new");

        var pipe = folder.resolve("pipe");
        assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor())
                .isZero();
        var read = CompletableFuture.supplyAsync(() -> {
            try {
                return Files.readString(pipe);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
        AtomicFile.write(pipe, "through");
        assertThat(read.get(10, TimeUnit.SECONDS)).isEqualTo("through");
        assertThat(Files.isRegularFile(pipe)).isFalse();
    }

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
    void whatAKilledProcessLeftIsRemovedAtOnce() throws IOException {
        var file = folder.resolve("file");
        var left = new ArrayList<Path>();
        AtomicFile.write(file, channel -> {
            var own = onlyFile().getFileName().toString();
            var pid = "-" + ProcessHandle.current().pid() + "-";
            assertThat(own).startsWith(".file.").contains(pid).endsWith(".partial");
            left.add(Files.writeString(folder.resolve(own.replace(pid, "-99999999-")), "left"));
        });
        assertThat(left.getFirst()).exists();
        AtomicFile.write(file, "new");
        assertThat(onlyFile()).isEqualTo(file).hasContent("new");
    }

    private Path onlyFile() throws IOException {
        try (var files = Files.list(folder)) {
            var all = files.toList();
            assertThat(all).hasSize(1);
            return all.getFirst();
        }
    }

    @Test
    void whatAnotherMachineLeftIsRemovedADayLater() throws IOException {
        var old = Files.writeString(folder.resolve(".file.1f-99999999-1.partial"), "left");
        var other = Files.writeString(folder.resolve(".other.1f-99999999-1.partial"), "not of this file");
        var yesterday = FileTime.from(Instant.now().minus(Duration.ofHours(25)));
        Files.setLastModifiedTime(old, yesterday);
        Files.setLastModifiedTime(other, yesterday);
        AtomicFile.write(folder.resolve("file"), "new");
        assertThat(old).doesNotExist();
        assertThat(other).exists();
    }

    @Test
    void whatAnotherMachineIsWritingStays() throws IOException {
        var partial = Files.writeString(folder.resolve(".file.1f-99999999-1.partial"), "being written");
        AtomicFile.write(folder.resolve("file"), "new");
        assertThat(partial).exists();
    }

    @Test
    void writersOfOneFileDoNotDisturbEachOther() throws IOException {
        var file = folder.resolve("file");
        AtomicFile.write(file, channel -> {
            channel.write(ByteBuffer.wrap(new byte[100]));
            AtomicFile.write(file, "inner");
            assertThat(file).hasContent("inner");
            channel.write(ByteBuffer.wrap(new byte[100]));
        });
        assertThat(file).hasSize(200);
        try (var files = Files.list(folder)) {
            assertThat(files).containsExactly(file);
        }
    }

    @Test
    void aFolderThatVanishesIsNoMatterOfPermission() {
        var file = folder.resolve("inner").resolve("file");
        assertThatThrownBy(() -> AtomicFile.write(file, channel -> Folders.delete(file.getParent())))
                .isInstanceOf(SkipTuningException.class)
                .hasMessage(file + " cannot be written: no such file or folder");
    }
}
