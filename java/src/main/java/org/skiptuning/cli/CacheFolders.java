package org.skiptuning.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.skiptuning.files.CacheFolder;
import org.skiptuning.files.PathSetting;

/** Where the library keeps what it has unpacked and drawn. */
final class CacheFolders {
    private CacheFolders() {}

    static Path root() {
        return CacheFolder.root();
    }

    /** The jar that the bundled pictures are drawn from, if it is there. */
    static Optional<Path> pictures() {
        return PathSetting.BUNDLED_PICTURES.path().filter(Files::isRegularFile);
    }
}
