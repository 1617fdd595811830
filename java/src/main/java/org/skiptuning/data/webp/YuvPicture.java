package org.skiptuning.data.webp;

/** A decoded frame: a plane of luma, and two of chroma with half its columns and rows. */
public final class YuvPicture {
    private final int width;
    private final int height;
    private final Plane luma;
    private final Plane blue;
    private final Plane red;

    YuvPicture(int width, int height, Plane luma, Plane blue, Plane red) {
        this.width = width;
        this.height = height;
        this.luma = luma;
        this.blue = blue;
        this.red = red;
    }

    public int width() {
        return width;
    }

    public int height() {
        return height;
    }

    /**
     * One row as RGB, with chroma interpolated as libwebp's "fancy" upsampling does: 9/16 of the nearest sample, 3/16 of
     * the two next to it and 1/16 of the one beyond, rounded in the same steps.
     *
     * @param rgb receives {@code 3 * width} bytes
     */
    public void readRow(int y, byte[] rgb) {
        var lastRow = (height + 1) / 2 - 1;
        var near = y / 2;
        var far = Math.clamp(y % 2 == 0 ? near - 1L : near + 1L, 0, lastRow);
        var lastColumn = (width + 1) / 2 - 1;
        for (var x = 0; x < width; x++) {
            var column = x / 2;
            var beside = Math.clamp(x % 2 == 0 ? column - 1L : column + 1L, 0, lastColumn);
            var u = chroma(blue, column, beside, near, far);
            var v = chroma(red, column, beside, near, far);
            convert(luma.get(luma.at(x, y)), u, v, rgb, 3 * x);
        }
    }

    private static int chroma(Plane plane, int column, int beside, int row, int far) {
        var nearest = plane.get(plane.at(column, row));
        if (column == beside) {
            return 3 * nearest + plane.get(plane.at(column, far)) + 2 >> 2;
        }
        var sameRow = plane.get(plane.at(beside, row));
        var sameColumn = plane.get(plane.at(column, far));
        var opposite = plane.get(plane.at(beside, far));
        var diagonal = nearest + sameRow + sameColumn + opposite + 8 + 2 * (sameRow + sameColumn) >> 3;
        return diagonal + nearest >> 1;
    }

    /** BT.601 with 16 to 235 of luma, in libwebp's 14-bit fixed point. */
    private static void convert(int y, int u, int v, byte[] rgb, int at) {
        var light = y * 19077 >> 8;
        rgb[at] = clip(light + (v * 26149 >> 8) - 14234);
        rgb[at + 1] = clip(light - (u * 6419 >> 8) - (v * 13320 >> 8) + 8708);
        rgb[at + 2] = clip(light + (u * 33050 >> 8) - 17685);
    }

    private static byte clip(int value) {
        return (byte) Math.clamp(value >> 6, 0, 255);
    }
}
