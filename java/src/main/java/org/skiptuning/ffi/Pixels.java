package org.skiptuning.ffi;

/** The memory of an 8-bit RGB picture. */
final class Pixels {
    private static final int CHANNELS = 3;

    private Pixels() {}

    /** Throws unless the buffer holds {@code height} rows; the last may end with its last pixel. */
    static void require(NativeBuffer rgb, int width, int height, long rowBytes) {
        if (width < 1 || height < 1) {
            throw new IllegalArgumentException("An empty picture, " + width + " x " + height);
        }
        long row = (long) CHANNELS * width;
        if (rowBytes < row
                || rowBytes > (rgb.size() - row) / Math.max(1, height - 1) && height > 1
                || rgb.size() < row) {
            throw new IllegalArgumentException("A picture of " + width + " x " + height + " pixels with rows of "
                    + rowBytes + " bytes does not fit into " + rgb.size() + " bytes");
        }
    }
}
