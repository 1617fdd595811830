package org.skiptuning.data.bundled;

import java.nio.file.Path;
import java.util.Optional;

/** Where drawn pictures are kept between runs. */
final class CacheFolder {
    static final String PROPERTY = "skiptuning.cache";
    static final String VARIABLE = "SKIP_TUNING_CACHE";

    private CacheFolder() {}

    /** The property {@value #PROPERTY}, else the variable {@value #VARIABLE}, else the user's cache folder (XDG). */
    static Path path() {
        return Optional.ofNullable(System.getProperty(PROPERTY))
                .or(() -> Optional.ofNullable(System.getenv(VARIABLE)))
                .map(Path::of)
                .orElseGet(CacheFolder::userCache)
                .resolve("bundled");
    }

    private static Path userCache() {
        return Optional.ofNullable(System.getenv("XDG_CACHE_HOME"))
                .filter(text -> !text.isEmpty())
                .map(Path::of)
                .orElseGet(() -> Path.of(System.getProperty("user.home"), ".cache"))
                .resolve("skip-tuning");
    }
}
