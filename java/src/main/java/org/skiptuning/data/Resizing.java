package org.skiptuning.data;

/** torchvision's rules for Resize and CenterCrop. */
final class Resizing {
    private Resizing() {}

    /**
     * The shorter side becomes {@code size} and the longer one int(size · long / short); the window's offset is
     * round((length - size) / 2) to the even neighbour, as Python rounds.
     */
    static Placement shortestSide(int width, int height, int size) {
        var wide = width >= height;
        var longSide = (double) ((long) size * Math.max(width, height)) / Math.min(width, height);
        if (longSide > Integer.MAX_VALUE) {
            throw new IllegalArgumentException("A picture of " + width + "x" + height
                    + " is too thin for its shorter side" + " to become " + size);
        }
        var resizedWidth = wide ? (int) longSide : size;
        var resizedHeight = wide ? size : (int) longSide;
        return new Placement(
                0,
                0,
                width,
                height,
                resizedWidth,
                resizedHeight,
                (int) Math.rint((resizedWidth - size) / 2.0),
                (int) Math.rint((resizedHeight - size) / 2.0),
                false);
    }
}
