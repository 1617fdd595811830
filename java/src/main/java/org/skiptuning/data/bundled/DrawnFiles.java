package org.skiptuning.data.bundled;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/** Files that appear whole or not at all. */
final class DrawnFiles {
    /** Bytes that are made only when they are needed. */
    @FunctionalInterface
    interface Content {
        byte[] bytes() throws IOException;
    }

    private DrawnFiles() {}

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
}
