package org.skiptuning.files;

import java.nio.file.Path;
import java.util.Optional;

/**
 * A path that a user may give by a system property, or else by an environment variable. Empty counts as not given; an empty
 * property hides the variable.
 */
public record PathSetting(String property, String variable) {
    /** Where everything is kept that is made again where it is missing. */
    public static final PathSetting CACHE = new PathSetting("skiptuning.cache", "SKIP_TUNING_CACHE");
    /** The jar from which the bundled pictures are drawn. */
    public static final PathSetting BUNDLED_PICTURES =
            new PathSetting("skiptuning.bundled.pictures", "SKIP_TUNING_BUNDLED_PICTURES");
    /** The folder of the native core. */
    public static final PathSetting NATIVE = new PathSetting("skiptuning.native", "SKIP_TUNING_NATIVE");
    /** The folder of LibTorch. */
    public static final PathSetting LIBTORCH = new PathSetting("skiptuning.libtorch", "SKIP_TUNING_LIBTORCH");

    public Optional<Path> path() {
        return Optional.ofNullable(System.getProperty(property))
                .or(() -> Optional.ofNullable(System.getenv(variable)))
                .filter(text -> !text.isEmpty())
                .map(Path::of);
    }

    /** What to correct, for messages: the property where that was given. */
    public String source() {
        return System.getProperty(property) != null ? "-D" + property : variable;
    }
}
