package org.skiptuning.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** Where the library keeps what it has unpacked and drawn, told the same way as the library finds it. */
final class CacheFolders {
    private CacheFolders() {}

    static Path root() {
        return setting("skiptuning.cache", "SKIP_TUNING_CACHE")
                .or(() -> Optional.ofNullable(System.getenv("XDG_CACHE_HOME"))
                        .filter(text -> !text.isEmpty())
                        .map(text -> Path.of(text, "skip-tuning")))
                .orElseGet(() -> Path.of(System.getProperty("user.home"), ".cache", "skip-tuning"));
    }

    /** The jar that the bundled pictures are drawn from, if it is there. */
    static Optional<Path> pictures() {
        return setting("skiptuning.bundled.pictures", "SKIP_TUNING_BUNDLED_PICTURES")
                .filter(Files::isRegularFile);
    }

    private static Optional<Path> setting(String property, String variable) {
        return Optional.ofNullable(System.getProperty(property))
                .or(() -> Optional.ofNullable(System.getenv(variable)))
                .filter(text -> !text.isEmpty())
                .map(Path::of);
    }
}
