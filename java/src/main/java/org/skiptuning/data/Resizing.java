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
        var ratio = (double) ((long) size * Math.max(width, height)) / Math.min(width, height);
        var longSide = (int) ratio; // at most Integer.MAX_VALUE, which the pipeline refuses
        var resizedWidth = wide ? longSide : size;
        var resizedHeight = wide ? size : longSide;
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
