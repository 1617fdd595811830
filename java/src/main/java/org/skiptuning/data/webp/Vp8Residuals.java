package org.skiptuning.data.webp;

import java.util.Arrays;

/** Reads the coefficients of macroblocks, left to right and row by row (RFC 6386, paragraph 13), and dequantizes them. */
final class Vp8Residuals {
    private static final int[] ZIGZAG = {0, 1, 4, 8, 5, 2, 3, 6, 9, 12, 13, 10, 7, 11, 14, 15};
    private static final int[] BANDS = {0, 1, 2, 3, 6, 4, 5, 6, 6, 6, 6, 6, 6, 6, 6, 7, 0};
    private static final int[][] LARGE = {
        {173, 148, 140},
        {176, 155, 140, 135},
        {180, 157, 141, 134, 130},
        {254, 254, 243, 230, 196, 177, 153, 140, 133, 130, 129}
    };
    private static final int CONTEXTS = 3;
    private static final int TOKENS = 11;
    private static final int BANDS_OF_KIND = 8 * CONTEXTS * TOKENS;

    private static final int LUMA_WITHOUT_DC = 0;
    private static final int SECOND_ORDER = 1;
    private static final int CHROMA = 2;
    private static final int LUMA = 3;

    /** Of a macroblock: 16 blocks of luma, then 4 of each chroma, 16 numbers each, in raster order. */
    final int[] coefficients = new int[24 * 16];

    private final int[] probabilities;
    private final boolean[] above; // 4 of luma, 2 and 2 of chroma, 1 of second order a macroblock
    private final boolean[] left = new boolean[9];
    private final int[] second = new int[16];

    Vp8Residuals(int[] probabilities, int columns) {
        this.probabilities = probabilities;
        above = new boolean[9 * columns];
    }

    void beginRow() {
        Arrays.fill(left, false);
    }

    /** For a macroblock that has none. */
    void skip(int column, boolean hasSecondOrder) {
        var kept = hasSecondOrder ? 9 : 8;
        Arrays.fill(left, 0, kept, false);
        Arrays.fill(above, 9 * column, 9 * column + kept, false);
        Arrays.fill(coefficients, 0);
    }

    /** Returns whether any block has something to add to its prediction. */
    boolean read(Vp8Bits bits, int column, boolean hasSecondOrder, Vp8Header.Quantizer quantizer) {
        Arrays.fill(coefficients, 0);
        if (hasSecondOrder) {
            Arrays.fill(second, 0);
            var context = context(column, 8, 8);
            var last = block(bits, SECOND_ORDER, context, 0, quantizer.secondDc(), quantizer.secondAc(), second, 0);
            remember(column, 8, 8, last > 0);
            Vp8Transform.spreadSecondOrder(second, coefficients);
        }
        var any = false;
        var first = hasSecondOrder ? 1 : 0;
        for (var block = 0; block < 16; block++) {
            var kind = hasSecondOrder ? LUMA_WITHOUT_DC : LUMA;
            var context = context(column, block % 4, block / 4);
            var last =
                    block(bits, kind, context, first, quantizer.lumaDc(), quantizer.lumaAc(), coefficients, 16 * block);
            remember(column, block % 4, block / 4, last > first);
            any |= last > first || coefficients[16 * block] != 0;
        }
        for (var block = 0; block < 8; block++) {
            var channel = 4 + block / 4 * 2;
            var x = channel + block % 2;
            var y = channel + block % 4 / 2;
            var last = block(
                    bits,
                    CHROMA,
                    context(column, x, y),
                    0,
                    quantizer.chromaDc(),
                    quantizer.chromaAc(),
                    coefficients,
                    16 * (16 + block));
            remember(column, x, y, last > 0);
            any |= last > 0;
        }
        return any;
    }

    private int context(int column, int x, int y) {
        return (above[9 * column + x] ? 1 : 0) + (left[y] ? 1 : 0);
    }

    private void remember(int column, int x, int y, boolean present) {
        above[9 * column + x] = present;
        left[y] = present;
    }

    /** Returns the place behind the last coefficient that is not 0, or {@code first}. */
    private int block(Vp8Bits bits, int kind, int context, int first, int dc, int ac, int[] target, int offset) {
        var at = first;
        var p = probabilities(kind, at, context);
        while (at < 16) {
            if (bits.bit(probabilities[p]) == 0) {
                return at;
            }
            while (bits.bit(probabilities[p + 1]) == 0) {
                at++;
                if (at == 16) {
                    return 16;
                }
                p = probabilities(kind, at, 0);
            }
            var value = 1;
            var next = 1;
            if (bits.bit(probabilities[p + 2]) == 1) {
                value = large(bits, p);
                next = 2;
            }
            var signed = bits.flag() ? -value : value;
            target[offset + ZIGZAG[at]] = signed * (at == 0 ? dc : ac);
            at++;
            p = probabilities(kind, at, next);
        }
        return 16;
    }

    private static int probabilities(int kind, int at, int context) {
        return kind * BANDS_OF_KIND + (BANDS[at] * CONTEXTS + context) * TOKENS;
    }

    /** A value of 2 or more. */
    private int large(Vp8Bits bits, int p) {
        if (bits.bit(probabilities[p + 3]) == 0) {
            return bits.bit(probabilities[p + 4]) == 0 ? 2 : 3 + bits.bit(probabilities[p + 5]);
        }
        if (bits.bit(probabilities[p + 6]) == 0) {
            if (bits.bit(probabilities[p + 7]) == 0) {
                return 5 + bits.bit(159);
            }
            var high = bits.bit(165);
            return 7 + 2 * high + bits.bit(145);
        }
        var high = bits.bit(probabilities[p + 8]);
        var category = 2 * high + bits.bit(probabilities[p + 9 + high]);
        var extra = 0;
        for (var probability : LARGE[category]) {
            extra = 2 * extra + bits.bit(probability);
        }
        return 3 + (8 << category) + extra;
    }
}
