package org.skiptuning.data.published;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The files and folders that a data set is read from, before any of them is opened. */
final class NeededFiles {
    private NeededFiles() {}

    /** Those that are not there; the data set's folder alone where that is missing. */
    static List<Path> missing(Entry entry, Path root) {
        var home = entry.home(root);
        if (!Files.isDirectory(home)) {
            return List.of(home);
        }
        var missing = new ArrayList<Path>();
        folders(entry, root).stream()
                .filter(folder -> !Files.isDirectory(folder))
                .forEach(missing::add);
        entry.files().stream()
                .map(home::resolve)
                .filter(file -> !Files.isRegularFile(file))
                .forEach(missing::add);
        entry.split()
                .map(home::resolve)
                .filter(split -> !Files.isRegularFile(split) && !Files.isRegularFile(DrawnSplit.beside(split)))
                .ifPresent(missing::add);
        return missing;
    }

    private static List<Path> folders(Entry entry, Path root) {
        var pictures = entry.pictures(root);
        return entry.form() == Form.TRAIN_AND_TEST_FOLDERS
                ? List.of(pictures.resolve("train"), pictures.resolve("val"))
                : List.of(pictures);
    }
}
