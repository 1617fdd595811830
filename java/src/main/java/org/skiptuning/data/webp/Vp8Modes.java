package org.skiptuning.data.webp;

import java.util.Arrays;

/** Reads how macroblocks are predicted, left to right and row by row (RFC 6386, paragraphs 8 and 11). */
final class Vp8Modes {
    static final int DC = 0;
    static final int TRUE_MOTION = 1;
    static final int VERTICAL = 2;
    static final int HORIZONTAL = 3;
    static final int RIGHT_DOWN = 4;
    static final int VERTICAL_RIGHT = 5;
    static final int LEFT_DOWN = 6;
    static final int VERTICAL_LEFT = 7;
    static final int HORIZONTAL_DOWN = 8;
    static final int HORIZONTAL_UP = 9;

    /** The tree of sub-block modes: two entries a node, a leaf as minus the mode. */
    private static final int[] TREE = {
        -DC,
        1,
        -TRUE_MOTION,
        2,
        -VERTICAL,
        3,
        4,
        6,
        -HORIZONTAL,
        5,
        -RIGHT_DOWN,
        -VERTICAL_RIGHT,
        -LEFT_DOWN,
        7,
        -VERTICAL_LEFT,
        8,
        -HORIZONTAL_DOWN,
        -HORIZONTAL_UP
    };

    private final Vp8Header header;
    private final Vp8Bits bits;
    private final int[] above;
    private final int[] left = new int[4];

    /** Of the macroblock read last: its segment, and whether it says that it has no coefficients. */
    int segment;

    boolean skipped;

    /** Whether luma is predicted in 16 blocks, by {@link #luma}; else as a whole, by its first entry. */
    boolean subBlocks;

    final int[] luma = new int[16];
    int chroma;

    Vp8Modes(Vp8Header header, int columns) {
        this.header = header;
        bits = header.modes();
        above = new int[4 * columns]; // DC
    }

    void beginRow() {
        Arrays.fill(left, DC);
    }

    void read(int column) {
        var segments = header.segments().probabilities();
        segment = 0;
        if (segments.length > 0) {
            segment = bits.bit(segments[0]) == 0 ? bits.bit(segments[1]) : 2 + bits.bit(segments[2]);
        }
        skipped = header.skipProbability() >= 0 && bits.bit(header.skipProbability()) == 1;
        subBlocks = bits.bit(145) == 0;
        if (subBlocks) {
            readSubBlocks(column);
        } else {
            var mode = whole();
            Arrays.fill(luma, mode);
            Arrays.fill(left, mode);
            Arrays.fill(above, 4 * column, 4 * column + 4, mode);
        }
        chroma = chroma();
    }

    private int whole() {
        if (bits.bit(156) == 1) {
            return bits.bit(128) == 1 ? TRUE_MOTION : HORIZONTAL;
        }
        return bits.bit(163) == 1 ? VERTICAL : DC;
    }

    private int chroma() {
        if (bits.bit(142) == 0) {
            return DC;
        }
        if (bits.bit(114) == 0) {
            return VERTICAL;
        }
        return bits.bit(183) == 1 ? TRUE_MOTION : HORIZONTAL;
    }

    private void readSubBlocks(int column) {
        for (var block = 0; block < 16; block++) {
            var up = 4 * column + block % 4;
            var row = block / 4;
            var probabilities = (above[up] * 10 + left[row]) * 9;
            var node = TREE[bits.bit(Vp8Tables.SUB_BLOCK_MODES[probabilities])];
            while (node > 0) {
                node = TREE[2 * node + bits.bit(Vp8Tables.SUB_BLOCK_MODES[probabilities + node])];
            }
            luma[block] = -node;
            above[up] = -node;
            left[row] = -node;
        }
    }
}
