package org.skiptuning.data.bundled;

import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import org.skiptuning.files.Folders;

/** Files and folders that appear whole or not at all. */
final class DrawnFiles {
    /** Bytes that are made only when they are needed. */
    @FunctionalInterface
    interface Content {
        byte[] bytes() throws IOException;
    }

    private static final Duration ABANDONED = Duration.ofDays(1);

    private DrawnFiles() {}

    /** Moves a finished folder to its name; where another process was first, that one's stays. */
    static void moveIntoPlace(Path part, Path folder) throws IOException {
        try {
            Files.move(part, folder, StandardCopyOption.ATOMIC_MOVE);
        } catch (FileAlreadyExistsException | DirectoryNotEmptyException e) {
            if (!Files.isDirectory(folder)) {
                throw e;
            }
        }
    }

    /** Writes a file through a temporary one beside it; an existing file of that name stays as it is. */
    static void writeOnce(Path file, Content content) throws IOException {
        if (Files.exists(file)) {
            return;
        }
        Files.createDirectories(file.getParent());
        var part = Files.createTempFile(file.getParent(), ".part-", "");
        try {
            Files.write(part, content.bytes());
            Files.move(part, file, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(part);
        }
    }

    /** Deletes what processes that were killed left half done. */
    static void deleteAbandoned(Path parent, String mark) throws IOException {
        var limit = Instant.now().minus(ABANDONED);
        try (var folders = Files.list(parent)) {
            for (var folder : folders.toList()) {
                if (folder.getFileName().toString().contains(mark)
                        && Files.getLastModifiedTime(folder).toInstant().isBefore(limit)) {
                    Folders.delete(folder);
                }
            }
        }
    }
}
