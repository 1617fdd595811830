package org.skiptuning.data;

import java.nio.ByteBuffer;

/** The chunks of a PNG file. */
final class PngFile {
    private static final int FIRST = 8;

    private PngFile() {}

    /** EXIF's orientation, 1 to 8. */
    static int orientation(byte[] file) {
        var bytes = ByteBuffer.wrap(file);
        long at = FIRST;
        while (at + 8 <= file.length) {
            var length = Integer.toUnsignedLong(bytes.getInt((int) at));
            if (at + 8 + length > file.length) {
                return Exif.UPRIGHT;
            }
            if (PictureFormat.startsWith(file, (int) at + 4, "eXIf")) {
                return Exif.orientation(file, (int) at + 8, (int) length);
            }
            at += 8 + length + 4;
        }
        return Exif.UPRIGHT;
    }
}
