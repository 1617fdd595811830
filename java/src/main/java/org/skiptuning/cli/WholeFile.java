package org.skiptuning.cli;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.UUID;
import org.skiptuning.SkipTuningException;

/** A file appears whole or not at all: temporary file beside it, flushed to the disk, renamed. */
final class WholeFile {
    private WholeFile() {}

    /** Fails early where {@link #write} would fail for its place. */
    static void check(Path file) {
        Path folder = file.toAbsolutePath().getParent();
        if (folder == null || !Files.isDirectory(folder)) {
            throw new SkipTuningException(
                    "cannot write " + file + ": its folder " + folder + " does not exist; make it first");
        }
        if (Files.isDirectory(file)) {
            throw new SkipTuningException("cannot write " + file + ": it is a folder; name a file");
        }
    }

    static void write(Path file, byte[] content) throws IOException {
        check(file);
        if (Files.exists(file) && !Files.isRegularFile(file)) { // a pipe or /dev/null cannot be replaced
            try (var stream = Files.newOutputStream(file)) {
                stream.write(content);
            } catch (FileSystemException named) {
                throw named;
            } catch (IOException problem) {
                throw new FileSystemException(file.toString(), null, problem.getMessage());
            }
            return;
        }
        Path temporary = file.resolveSibling("." + file.getFileName() + "." + UUID.randomUUID() + ".part");
        try {
            try (var channel = FileChannel.open(temporary, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
                var buffer = ByteBuffer.wrap(content);
                while (buffer.hasRemaining()) {
                    channel.write(buffer);
                }
                channel.force(true);
            }
            Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(temporary);
        }
    }
}
