package org.skiptuning.data;

import java.nio.file.Path;
import java.util.Locale;
import java.util.Set;

/** Which files of a folder are taken for pictures: by name alone, so that a broken picture is reported, not missed. */
public final class PictureFiles {
    private static final Set<String> EXTENSIONS =
            Set.of("jpg", "jpeg", "jpe", "jfif", "png", "webp", "tif", "tiff", "bmp", "gif");

    static final String NAMED = "jpg, png, webp, tif, bmp or gif";

    private PictureFiles() {}

    public static boolean isPicture(Path file) {
        var name = file.getFileName().toString();
        var dot = name.lastIndexOf('.');
        return dot > 0 && EXTENSIONS.contains(name.substring(dot + 1).toLowerCase(Locale.ROOT));
    }

    public static boolean isHidden(Path file) {
        return file.getFileName().toString().startsWith(".");
    }
}
