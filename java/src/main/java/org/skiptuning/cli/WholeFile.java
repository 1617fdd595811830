package org.skiptuning.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import org.skiptuning.SkipTuningException;
import org.skiptuning.files.AtomicFile;

/** A file that the user named for a result: its place is checked before the work begins, and it appears whole or not at all. */
final class WholeFile {
    private WholeFile() {}

    /** Fails early where {@link #write} would fail for its place. */
    static void check(Path file) {
        Path folder = file.toAbsolutePath().getParent();
        if (folder == null || !Files.isDirectory(folder)) {
            throw new SkipTuningException(
                    "cannot write " + file + ": its folder " + folder + " does not exist; make it first");
        }
        if (!Files.exists(file) && !Files.isWritable(folder)) {
            throw new SkipTuningException(
                    "cannot write " + file + ": no permission in " + folder + "; choose another folder");
        }
        if (Files.isDirectory(file)) {
            throw new SkipTuningException("cannot write " + file + ": it is a folder; name a file");
        }
    }

    static void write(Path file, byte[] content) {
        check(file);
        AtomicFile.write(file, content);
    }
}
