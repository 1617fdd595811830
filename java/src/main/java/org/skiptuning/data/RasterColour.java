package org.skiptuning.data;

import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.ColorModel;
import java.awt.image.DataBuffer;
import java.awt.image.DirectColorModel;
import java.awt.image.IndexColorModel;

/** Finds out what the samples of a decoded picture mean. Colour profiles are ignored, as Pillow ignores them. */
final class RasterColour {
    private RasterColour() {}

    static Colour of(JpegHeader.Colours colours) throws UnsupportedPictureException {
        return switch (colours) {
            case GREY -> Colour.grey(1, 0);
            case RGB -> Colour.rgb(3, 0);
            case YCBCR -> Colour.yCbCr();
            case CMYK -> Colour.cmyk(true);
            case YCCK -> Colour.ycck();
            case UNKNOWN -> throw new UnsupportedPictureException("neither 1, 3 nor 4 colour components");
        };
    }

    /** @param premultiplied whether the colours are multiplied by alpha, if there is one */
    static Colour of(BufferedImage image, boolean premultiplied) throws UnsupportedPictureException {
        var model = image.getColorModel();
        if (model instanceof IndexColorModel palette) {
            return Colour.palette(colours(palette));
        }
        if (model instanceof DirectColorModel) {
            return Colour.packed(model.getComponentSize());
        }
        var bands = image.getRaster().getNumBands();
        var type = image.getRaster().getTransferType();
        if (type != DataBuffer.TYPE_BYTE && type != DataBuffer.TYPE_USHORT) {
            throw new UnsupportedPictureException("samples of neither 8 nor 16 bits");
        }
        if (premultiplied && bands == 4 && type == DataBuffer.TYPE_BYTE) {
            return Colour.premultiplied();
        }
        return of(model, bands, type == DataBuffer.TYPE_USHORT);
    }

    private static Colour of(ColorModel model, int bands, boolean wide) throws UnsupportedPictureException {
        var shift = wide ? 8 : 0;
        var space = model.getColorSpace().getType();
        if (space == ColorSpace.TYPE_GRAY) {
            return wide && bands == 1 ? Colour.clippedGrey() : Colour.grey(bands, shift);
        }
        if (space == ColorSpace.TYPE_RGB && bands >= 3) {
            return Colour.rgb(bands, shift);
        }
        if (space == ColorSpace.TYPE_CMYK && bands == 4 && !wide) {
            return Colour.cmyk(false);
        }
        throw new UnsupportedPictureException("colours that are neither RGB, grey, CMYK nor a palette");
    }

    private static int[] colours(IndexColorModel palette) {
        var colours = new int[palette.getMapSize()];
        palette.getRGBs(colours);
        return colours;
    }
}
