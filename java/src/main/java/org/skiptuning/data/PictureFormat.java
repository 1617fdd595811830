package org.skiptuning.data;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Stream;

/** The formats that are read, told by their first bytes, never by the file's name. */
enum PictureFormat {
    JPEG,
    PNG,
    WEBP,
    TIFF,
    BMP,
    GIF;

    static final String NAMES = "JPEG, PNG, WebP, TIFF, BMP or GIF";

    static Optional<PictureFormat> of(byte[] file) {
        return Stream.of(values()).filter(format -> format.matches(file)).findFirst();
    }

    private boolean matches(byte[] file) {
        return switch (this) {
            case JPEG -> startsWith(file, 0, "\u00FF\u00D8\u00FF");
            case PNG -> startsWith(file, 0, "\u0089PNG\r\n\u001A\n");
            case WEBP -> startsWith(file, 0, "RIFF") && startsWith(file, 8, "WEBP");
            case TIFF -> startsWith(file, 0, "II*\0") || startsWith(file, 0, "MM\0*");
            case BMP -> startsWith(file, 0, "BM");
            case GIF -> startsWith(file, 0, "GIF87a") || startsWith(file, 0, "GIF89a");
        };
    }

    static boolean startsWith(byte[] file, int at, String latin) {
        var wanted = latin.getBytes(StandardCharsets.ISO_8859_1);
        return Arrays.equals(
                wanted, 0, wanted.length, file, Math.min(at, file.length), Math.min(at + wanted.length, file.length));
    }

    /** {@code length} bytes as text, each a character. */
    static String latin(byte[] file, int at, int length) {
        return new String(file, at, length, StandardCharsets.ISO_8859_1);
    }
}
