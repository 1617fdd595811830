package org.skiptuning.data.published;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import org.skiptuning.DataSetException;

/** Paths that a fetched file gives: they stay below the folder of pictures. */
final class Inside {
    private Inside() {}

    /**
     * @param folder of the pictures
     * @param path as given, with {@code /} between its parts
     * @param file that gives it, for the message
     */
    static Path resolve(Path folder, String path, Path file) {
        try {
            var base = folder.normalize();
            var resolved = folder.resolve(path).normalize();
            if (resolved.startsWith(base) && !resolved.equals(base)) {
                return resolved;
            }
        } catch (InvalidPathException invalid) { // no file name holds a NUL
            // told below
        }
        throw new DataSetException(file + " names the picture \"" + path.replaceAll("\\p{Cntrl}", "?")
                + "\", which does not lie below " + folder + ": fetch the file again");
    }
}
