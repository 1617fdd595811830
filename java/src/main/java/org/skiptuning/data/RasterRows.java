package org.skiptuning.data;

import java.awt.image.Raster;

/** The rows of a raster, converted to RGB. */
final class RasterRows implements RgbRows {
    /** Fetches the samples of one row. */
    @FunctionalInterface
    interface Source {
        void read(int y, int[] samples);
    }

    private final int width;
    private final int height;
    private final Colour colour;
    private final Source source;
    private final int[] samples;
    private final byte[] rgb;

    RasterRows(Raster raster, Colour colour, Source source) {
        width = raster.getWidth();
        height = raster.getHeight();
        this.colour = colour;
        this.source = source;
        samples = new int[width * raster.getNumBands()];
        rgb = new byte[3 * width];
    }

    static void read(Raster raster, int y, int[] samples) {
        raster.getPixels(raster.getMinX(), raster.getMinY() + y, raster.getWidth(), 1, samples);
    }

    @Override
    public int width() {
        return width;
    }

    @Override
    public int height() {
        return height;
    }

    @Override
    public byte[] read(int y) {
        source.read(y, samples);
        colour.convert(samples, rgb, width);
        return rgb;
    }
}
