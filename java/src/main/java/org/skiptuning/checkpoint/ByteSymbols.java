package org.skiptuning.checkpoint;

/**
 * The printable characters that stand for the 256 bytes in byte-level vocabularies (GPT-2's table): printable Latin-1
 * stands for itself, the rest is shifted to U+0100 and up in order of the bytes.
 */
final class ByteSymbols {
    static final int BYTES = 256;

    private static final char[] SYMBOLS = symbols();

    private ByteSymbols() {}

    static char of(int unsignedByte) {
        return SYMBOLS[unsignedByte];
    }

    /** The bytes in the order of CLIP's vocabulary: those that stand for themselves first. */
    static int[] inVocabularyOrder() {
        var order = new int[BYTES];
        int index = 0;
        for (int value = 0; value < BYTES; value++) {
            if (standsForItself(value)) {
                order[index++] = value;
            }
        }
        for (int value = 0; value < BYTES; value++) {
            if (!standsForItself(value)) {
                order[index++] = value;
            }
        }
        return order;
    }

    private static char[] symbols() {
        var symbols = new char[BYTES];
        int shifted = 0;
        for (int value = 0; value < BYTES; value++) {
            symbols[value] = (char) (standsForItself(value) ? value : BYTES + shifted++);
        }
        return symbols;
    }

    private static boolean standsForItself(int value) {
        return value >= '!' && value <= '~' || value >= 0xA1 && value <= 0xAC || value >= 0xAE && value <= 0xFF;
    }
}
