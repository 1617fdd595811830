package org.skiptuning.files;

import java.io.IOException;
import java.nio.file.Path;

/** Where unpacked libraries and drawn pictures are kept between runs. */
public final class CacheFolder {
    private static final String NAME = "skip-tuning";

    private CacheFolder() {}

    /** As {@link PathSetting#CACHE} says, else in the user's cache folder (XDG): never a temporary one, which may forbid execution. */
    public static Path root() {
        return PathSetting.CACHE.path().orElseGet(CacheFolder::inUsersCache).toAbsolutePath();
    }

    /** Why something is not kept in a folder of the cache, and what to do. */
    public static String problem(String what, Path folder, IOException failure) {
        return what + " cannot be kept in " + folder + " (" + Folders.reason(failure)
                + "): make it writable, with room in it, or name another cache folder in "
                + PathSetting.CACHE.variable();
    }

    private static Path inUsersCache() {
        var cache = System.getenv("XDG_CACHE_HOME");
        return cache == null || cache.isEmpty()
                ? Path.of(System.getProperty("user.home"), ".cache", NAME)
                : Path.of(cache, NAME);
    }
}
