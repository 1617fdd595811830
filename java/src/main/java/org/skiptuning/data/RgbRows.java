package org.skiptuning.data;

import java.awt.image.Raster;
import java.util.Set;
import org.skiptuning.data.webp.YuvPicture;

/** A decoded picture, row by row as RGB bytes. */
interface RgbRows {
    int width();

    int height();

    /** Row {@code y} as 3 bytes a pixel, in an array that the next call may fill again. */
    byte[] read(int y);

    static RgbRows of(Raster raster, Colour colour) {
        return new RasterRows(raster, colour, (y, samples) -> RasterRows.read(raster, y, samples));
    }

    /**
     * Of a JPEG with components whose rows the reader has doubled. They are interpolated as libjpeg-turbo does
     * ({@code h1v2_fancy_upsample}): three quarters of the nearer row, one quarter of the farther.
     */
    static RgbRows ofHalvedRows(Raster raster, Colour colour, Set<Integer> halved) {
        var bands = raster.getNumBands();
        var farther = new int[bands * raster.getWidth()];
        return new RasterRows(raster, colour, (y, samples) -> {
            RasterRows.read(raster, y, samples);
            var upper = y % 2 == 0;
            var neighbour = y / 2 * 2 + (upper ? -2 : 2);
            RasterRows.read(raster, neighbour < 0 || neighbour >= raster.getHeight() ? y : neighbour, farther);
            var bias = upper ? 1 : 2;
            for (int band : halved) {
                for (var at = band; at < samples.length; at += bands) {
                    samples[at] = 3 * samples[at] + farther[at] + bias >> 2;
                }
            }
        });
    }

    static RgbRows of(YuvPicture picture) {
        var rgb = new byte[3 * picture.width()];
        return new RgbRows() {
            @Override
            public int width() {
                return picture.width();
            }

            @Override
            public int height() {
                return picture.height();
            }

            @Override
            public byte[] read(int y) {
                picture.readRow(y, rgb);
                return rgb;
            }
        };
    }
}
