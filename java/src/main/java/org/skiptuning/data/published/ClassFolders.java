package org.skiptuning.data.published;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.function.Predicate;
import org.skiptuning.DataSetException;
import org.skiptuning.data.PictureFiles;
import org.skiptuning.files.CodePointOrder;
import org.skiptuning.files.Folders;

/** Folders of pictures, sorted by code point, hidden files left out. */
final class ClassFolders {
    private ClassFolders() {}

    static List<Path> folders(Path parent) {
        return children(parent, Files::isDirectory);
    }

    static List<Path> pictures(Path folder) {
        return children(folder, file -> PictureFiles.isPicture(file) && !Files.isDirectory(file));
    }

    static String name(Path path) {
        return path.getFileName().toString();
    }

    private static List<Path> children(Path parent, Predicate<Path> wanted) {
        try (var list = Files.list(parent)) {
            return list.filter(child -> !PictureFiles.isHidden(child))
                    .filter(wanted)
                    .sorted(Comparator.comparing(ClassFolders::name, CodePointOrder.INSTANCE))
                    .toList();
        } catch (IOException failure) {
            throw new DataSetException(
                    "The folder " + parent + " cannot be read (" + Folders.reason(failure) + ")", failure);
        }
    }
}
