package org.skiptuning.data.webp;

import java.util.ArrayList;
import java.util.List;

/**
 * What comes before the macroblocks of a key frame (RFC 6386, paragraphs 9 and 19.2).
 *
 * @param partitions the readers of coefficients; row r of macroblocks uses number r modulo their count
 * @param modes the reader of everything else, past the header
 * @param coefficients probabilities of coefficient tokens, as {@link Vp8Tables#COEFFICIENTS}
 * @param skipProbability of macroblocks without coefficients; -1 where none is marked so
 */
record Vp8Header(
        int width,
        int height,
        Segments segments,
        Filter filter,
        Quantizer[] quantizers,
        List<Vp8Bits> partitions,
        Vp8Bits modes,
        int[] coefficients,
        int skipProbability) {
    private static final int SEGMENTS = 4;
    private static final int FRAME_TAG = 3;
    private static final int START = 10;
    private static final int CERTAIN = 255;

    /**
     * @param probabilities of the segment tree's three decisions; empty where segments are not told apart
     * @param absolute whether quantizers and levels stand for themselves, not for a change
     */
    record Segments(boolean used, int[] probabilities, boolean absolute, int[] quantizers, int[] levels) {}

    /**
     * @param intraChange of the level, in key frames
     * @param subBlockChange of the level on top, for macroblocks predicted in sub-blocks
     */
    record Filter(boolean simple, int level, int sharpness, int intraChange, int subBlockChange) {}

    /** Factors of the first and the other coefficients of luma, of luma's second order, and of chroma. */
    record Quantizer(int lumaDc, int lumaAc, int secondDc, int secondAc, int chromaDc, int chromaAc) {}

    static Vp8Header read(byte[] file, int from, int length) throws Vp8Exception {
        if (length < START) {
            throw new Vp8Exception("the frame's header is cut off");
        }
        var tag = unsigned(file, from) | unsigned(file, from + 1) << 8 | unsigned(file, from + 2) << 16;
        var firstLength = tag >> 5;
        if ((tag & 1) != 0) {
            throw new Vp8Exception("it does not begin with a key frame");
        }
        if (unsigned(file, from + FRAME_TAG) != 0x9D
                || unsigned(file, from + 4) != 0x01
                || unsigned(file, from + 5) != 0x2A) {
            throw new Vp8Exception("the frame has no start code");
        }
        var width = (unsigned(file, from + 6) | unsigned(file, from + 7) << 8) & 0x3FFF;
        var height = (unsigned(file, from + 8) | unsigned(file, from + 9) << 8) & 0x3FFF;
        if (width == 0 || height == 0 || firstLength > length - START) {
            throw new Vp8Exception("the frame's header is damaged");
        }
        var bits = new Vp8Bits(file, from + START, firstLength);
        bits.flag(); // colour space: there is one
        bits.flag(); // clamping: done in any case
        var segments = segments(bits);
        var filter = filter(bits);
        var partitions = partitions(bits, file, from + START + firstLength, from + length);
        var quantizers = quantizers(bits, segments);
        bits.flag(); // whether probabilities outlive the frame
        var coefficients = coefficients(bits);
        var skip = bits.flag() ? bits.number(8) : -1;
        return new Vp8Header(width, height, segments, filter, quantizers, partitions, bits, coefficients, skip);
    }

    private static Segments segments(Vp8Bits bits) {
        var quantizers = new int[SEGMENTS];
        var levels = new int[SEGMENTS];
        var probabilities = new int[0];
        var absolute = true;
        var used = bits.flag();
        if (used) {
            var told = bits.flag();
            if (bits.flag()) {
                absolute = bits.flag();
                for (var i = 0; i < SEGMENTS; i++) {
                    quantizers[i] = bits.optional(7);
                }
                for (var i = 0; i < SEGMENTS; i++) {
                    levels[i] = bits.optional(6);
                }
            }
            if (told) {
                probabilities = new int[SEGMENTS - 1];
                for (var i = 0; i < probabilities.length; i++) {
                    probabilities[i] = bits.flag() ? bits.number(8) : CERTAIN;
                }
            }
        }
        return new Segments(used, probabilities, absolute, quantizers, levels);
    }

    private static Filter filter(Vp8Bits bits) {
        var simple = bits.flag();
        var level = bits.number(6);
        var sharpness = bits.number(3);
        var changes = new int[8]; // four by reference frame, four by mode
        var used = bits.flag();
        if (used && bits.flag()) {
            for (var i = 0; i < changes.length; i++) {
                changes[i] = bits.optional(6);
            }
        }
        return new Filter(simple, level, sharpness, changes[0], changes[4]);
    }

    private static List<Vp8Bits> partitions(Vp8Bits bits, byte[] file, int from, int end) throws Vp8Exception {
        var count = 1 << bits.number(2);
        var sizes = from;
        var start = from + 3 * (count - 1);
        if (start > end) {
            throw new Vp8Exception("the frame's partitions are cut off");
        }
        var partitions = new ArrayList<Vp8Bits>();
        for (var i = 0; i < count; i++) {
            var length = end - start;
            if (i < count - 1) {
                length = unsigned(file, sizes) | unsigned(file, sizes + 1) << 8 | unsigned(file, sizes + 2) << 16;
                sizes += 3;
            }
            if (length > end - start) {
                throw new Vp8Exception("the frame's partitions are cut off");
            }
            partitions.add(new Vp8Bits(file, start, length));
            start += length;
        }
        return partitions;
    }

    private static Quantizer[] quantizers(Vp8Bits bits, Segments segments) {
        var base = bits.number(7);
        var lumaDc = bits.optional(4);
        var secondDc = bits.optional(4);
        var secondAc = bits.optional(4);
        var chromaDc = bits.optional(4);
        var chromaAc = bits.optional(4);
        var quantizers = new Quantizer[SEGMENTS];
        for (var i = 0; i < SEGMENTS; i++) {
            var index = base;
            if (segments.used()) {
                index = segments.quantizers()[i] + (segments.absolute() ? 0 : base);
            }
            quantizers[i] = new Quantizer(
                    Vp8Tables.DC_QUANTIZERS[Math.clamp(index + lumaDc, 0, 127)],
                    Vp8Tables.AC_QUANTIZERS[Math.clamp(index, 0, 127)],
                    2 * Vp8Tables.DC_QUANTIZERS[Math.clamp(index + secondDc, 0, 127)],
                    Math.max(8, Vp8Tables.AC_QUANTIZERS[Math.clamp(index + secondAc, 0, 127)] * 155 / 100),
                    Vp8Tables.DC_QUANTIZERS[Math.clamp(index + chromaDc, 0, 117)],
                    Vp8Tables.AC_QUANTIZERS[Math.clamp(index + chromaAc, 0, 127)]);
        }
        return quantizers;
    }

    private static int[] coefficients(Vp8Bits bits) {
        var coefficients = Vp8Tables.COEFFICIENTS.clone();
        for (var i = 0; i < coefficients.length; i++) {
            if (bits.bit(Vp8Tables.COEFFICIENT_UPDATES[i]) == 1) {
                coefficients[i] = bits.number(8);
            }
        }
        return coefficients;
    }

    private static int unsigned(byte[] file, int at) {
        return Byte.toUnsignedInt(file[at]);
    }
}
