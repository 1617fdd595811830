package org.skiptuning.data;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Set;

/** The entries of an EXIF block, or of a TIFF file, that matter here. */
final class Exif {
    private static final int ORIENTATION = 0x0112;
    private static final int PHOTOMETRIC_INTERPRETATION = 0x0106;
    private static final int EXTRA_SAMPLES = 0x0152;
    private static final int ASSOCIATED_ALPHA = 1;
    private static final Set<Integer> LAB = Set.of(8, 9, 10);
    private static final int SHORT = 3;
    private static final int ENTRY_BYTES = 12;

    /** Stored as it is shown. */
    static final int UPRIGHT = 1;

    private Exif() {}

    /**
     * The orientation, 1 to 8, of a TIFF structure; 1 where there is none or it is damaged.
     *
     * @param file holds the structure's {@code length} bytes from {@code from} on
     */
    static int orientation(byte[] file, int from, int length) {
        var orientation = shortValue(file, from, length, ORIENTATION);
        return orientation >= 1 && orientation <= 8 ? orientation : UPRIGHT;
    }

    /** Whether a TIFF file says that its colours are multiplied by alpha. */
    static boolean isPremultiplied(byte[] tiff) {
        return shortValue(tiff, 0, tiff.length, EXTRA_SAMPLES) == ASSOCIATED_ALPHA;
    }

    /** Whether a TIFF file's colours are lightness and two opponents: CIELAB, or its ICC or ITU kind. */
    static boolean isLab(byte[] tiff) {
        return LAB.contains(shortValue(tiff, 0, tiff.length, PHOTOMETRIC_INTERPRETATION));
    }

    /** The value of an entry in the first directory that is a single number of 16 bits; 0 where there is none. */
    private static int shortValue(byte[] file, int from, int length, int wanted) {
        if (length < 8 || from < 0 || from + length > file.length) {
            return 0;
        }
        var tiff = ByteBuffer.wrap(file, from, length).slice();
        tiff.order(tiff.get(0) == 'I' ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN);
        var directory = tiff.getInt(4);
        if (directory < 8 || directory > length - 2) {
            return 0;
        }
        var entries = Short.toUnsignedInt(tiff.getShort(directory));
        for (var i = 0; i < entries; i++) {
            var entry = directory + 2 + (long) i * ENTRY_BYTES;
            if (entry + ENTRY_BYTES > length) {
                return 0;
            }
            var at = (int) entry;
            if (Short.toUnsignedInt(tiff.getShort(at)) == wanted
                    && tiff.getShort(at + 2) == SHORT
                    && tiff.getInt(at + 4) == 1) {
                return Short.toUnsignedInt(tiff.getShort(at + 8));
            }
        }
        return 0;
    }
}
