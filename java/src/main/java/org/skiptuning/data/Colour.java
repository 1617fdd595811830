package org.skiptuning.data;

/** A row of samples to a row of RGB bytes, as libjpeg and Pillow convert. */
@FunctionalInterface
interface Colour {
    /**
     * @param samples pixel by pixel
     * @param rgb receives {@code 3 * pixels} bytes
     */
    void convert(int[] samples, byte[] rgb, int pixels);

    /** The first three of {@code bands} samples a pixel, shifted to 8 bits; what follows them (alpha) is dropped. */
    static Colour rgb(int bands, int shift) {
        return (samples, rgb, pixels) -> {
            for (int i = 0, from = 0, to = 0; i < pixels; i++, from += bands, to += 3) {
                rgb[to] = (byte) (samples[from] >> shift);
                rgb[to + 1] = (byte) (samples[from + 1] >> shift);
                rgb[to + 2] = (byte) (samples[from + 2] >> shift);
            }
        };
    }

    /** The first of {@code bands} samples a pixel, shifted to 8 bits. */
    static Colour grey(int bands, int shift) {
        return (samples, rgb, pixels) -> {
            for (int i = 0, to = 0; i < pixels; i++, to += 3) {
                var value = (byte) (samples[i * bands] >> shift);
                rgb[to] = value;
                rgb[to + 1] = value;
                rgb[to + 2] = value;
            }
        };
    }

    /** 16-bit grey without alpha, which Pillow clips to 255 instead of scaling it (its mode I;16). */
    static Colour clippedGrey() {
        return (samples, rgb, pixels) -> {
            for (int i = 0, to = 0; i < pixels; i++, to += 3) {
                var value = clip(samples[i]);
                rgb[to] = value;
                rgb[to + 1] = value;
                rgb[to + 2] = value;
            }
        };
    }

    /** RGB multiplied by the alpha behind it; Pillow divides it out (its raw mode RGBa). */
    static Colour premultiplied() {
        return (samples, rgb, pixels) -> {
            for (int i = 0, from = 0, to = 0; i < pixels; i++, from += 4, to += 3) {
                var alpha = samples[from + 3];
                for (var channel = 0; channel < 3; channel++) {
                    var value = samples[from + channel];
                    rgb[to + channel] = alpha == 0 ? 0 : clip(255 * value / alpha);
                }
            }
        };
    }

    /** Samples of fewer bits than 8, three to a pixel, scaled to 255. */
    static Colour packed(int[] bits) {
        return (samples, rgb, pixels) -> {
            for (var i = 0; i < 3 * pixels; i++) {
                var highest = (1 << bits[i % 3]) - 1;
                rgb[i] = (byte) (samples[i / 3 * bits.length + i % 3] * 255 / highest);
            }
        };
    }

    /** One index a pixel into a palette of 0xRRGGBB; an index beyond it is black. */
    static Colour palette(int[] colours) {
        return (samples, rgb, pixels) -> {
            for (int i = 0, to = 0; i < pixels; i++, to += 3) {
                var colour = samples[i] < colours.length ? colours[samples[i]] : 0;
                rgb[to] = (byte) (colour >> 16);
                rgb[to + 1] = (byte) (colour >> 8);
                rgb[to + 2] = (byte) colour;
            }
        };
    }

    /** JPEG's YCbCr, in libjpeg's 16-bit fixed point (jdcolor.c): exact to the bit. */
    static Colour yCbCr() {
        return (samples, rgb, pixels) -> {
            for (int i = 0, at = 0; i < pixels; i++, at += 3) {
                var luma = samples[at];
                var cb = samples[at + 1] - 128;
                var cr = samples[at + 2] - 128;
                rgb[at] = clip(luma + red(cr));
                rgb[at + 1] = clip(luma + green(cb, cr));
                rgb[at + 2] = clip(luma + blue(cb));
            }
        };
    }

    /** Cyan, magenta, yellow and black as stored in TIFF; {@code inverted} as Adobe stores them in JPEG. */
    static Colour cmyk(boolean inverted) {
        return (samples, rgb, pixels) -> {
            var mask = inverted ? 255 : 0;
            for (int i = 0, from = 0, to = 0; i < pixels; i++, from += 4, to += 3) {
                var light = 255 - (samples[from + 3] ^ mask);
                rgb[to] = ink(samples[from] ^ mask, light);
                rgb[to + 1] = ink(samples[from + 1] ^ mask, light);
                rgb[to + 2] = ink(samples[from + 2] ^ mask, light);
            }
        };
    }

    /** JPEG's YCCK: YCbCr of the inverted inks, and black, all inverted once more by Adobe. */
    static Colour ycck() {
        return (samples, rgb, pixels) -> {
            for (int i = 0, from = 0, to = 0; i < pixels; i++, from += 4, to += 3) {
                var luma = samples[from];
                var cb = samples[from + 1] - 128;
                var cr = samples[from + 2] - 128;
                var light = samples[from + 3];
                rgb[to] = ink(clip(luma + red(cr)) & 255, light);
                rgb[to + 1] = ink(clip(luma + green(cb, cr)) & 255, light);
                rgb[to + 2] = ink(clip(luma + blue(cb)) & 255, light);
            }
        };
    }

    private static int red(int cr) {
        return (91881 * cr + 32768) >> 16;
    }

    private static int green(int cb, int cr) {
        return (-22554 * cb - 46802 * cr + 32768) >> 16;
    }

    private static int blue(int cb) {
        return (116130 * cb + 32768) >> 16;
    }

    /** What is left of {@code light} behind an ink; the product is divided by 255 as Pillow's MULDIV255 rounds. */
    private static byte ink(int amount, int light) {
        var product = amount * light + 128;
        return clip(light - ((product >> 8) + product >> 8));
    }

    private static byte clip(int value) {
        return (byte) Math.clamp(value, 0, 255);
    }
}
