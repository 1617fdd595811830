package org.skiptuning.data;

import java.awt.image.Raster;

/** A decoded raster, row by row as RGB bytes. */
final class RgbRows {
    /** Fetches the samples of one row. */
    @FunctionalInterface
    private interface Samples {
        void read(int y, int[] samples);
    }

    private final int width;
    private final int height;
    private final Samples source;
    private final Colour colour;
    private final int[] samples;
    private final byte[] rgb;

    private RgbRows(Raster raster, Samples source, Colour colour) {
        width = raster.getWidth();
        height = raster.getHeight();
        this.source = source;
        this.colour = colour;
        samples = new int[width * raster.getNumBands()];
        rgb = new byte[3 * width];
    }

    static RgbRows of(Raster raster, Colour colour) {
        return new RgbRows(raster, (y, samples) -> read(raster, y, samples), colour);
    }

    /**
     * Of a JPEG's YCbCr whose chroma rows the reader has doubled. They are interpolated as libjpeg-turbo does
     * ({@code h1v2_fancy_upsample}): three quarters of the nearer row, one quarter of the farther.
     */
    static RgbRows ofHalvedChroma(Raster raster, Colour colour) {
        var farther = new int[3 * raster.getWidth()];
        Samples interpolated = (y, samples) -> {
            read(raster, y, samples);
            var upper = y % 2 == 0;
            var neighbour = y / 2 * 2 + (upper ? -2 : 2);
            read(raster, neighbour < 0 || neighbour >= raster.getHeight() ? y : neighbour, farther);
            var bias = upper ? 1 : 2;
            for (var at = 0; at < samples.length; at += 3) {
                samples[at + 1] = 3 * samples[at + 1] + farther[at + 1] + bias >> 2;
                samples[at + 2] = 3 * samples[at + 2] + farther[at + 2] + bias >> 2;
            }
        };
        return new RgbRows(raster, interpolated, colour);
    }

    private static void read(Raster raster, int y, int[] samples) {
        raster.getPixels(raster.getMinX(), raster.getMinY() + y, raster.getWidth(), 1, samples);
    }

    int width() {
        return width;
    }

    int height() {
        return height;
    }

    /** Row {@code y} as 3 bytes a pixel, in an array that the next call fills again. */
    byte[] read(int y) {
        source.read(y, samples);
        colour.convert(samples, rgb, width);
        return rgb;
    }
}
