package org.skiptuning.data;

/** Turns and mirrors a picture as one of EXIF's eight orientations asks. */
final class Orientation {
    private Orientation() {}

    static boolean isTransposed(int orientation) {
        return orientation >= 5;
    }

    /**
     * Where pixel (x, y) of the stored picture is shown.
     *
     * @param width of the stored picture
     * @param height of the stored picture
     * @return the index of the pixel in the picture that is shown, counted row by row
     */
    static long shownAt(int orientation, int x, int y, int width, int height) {
        var right = width - 1 - x;
        var bottom = height - 1 - y;
        return switch (orientation) {
            case 2 -> index(right, y, width);
            case 3 -> index(right, bottom, width);
            case 4 -> index(x, bottom, width);
            case 5 -> index(y, x, height);
            case 6 -> index(bottom, x, height);
            case 7 -> index(bottom, right, height);
            case 8 -> index(y, right, height);
            default -> index(x, y, width);
        };
    }

    private static long index(int x, int y, int width) {
        return (long) y * width + x;
    }
}
