package org.skiptuning.data.webp;

/** The boolean entropy decoder of RFC 6386, paragraph 7, over a part of a file. */
final class Vp8Bits {
    private static final int BITS_HELD = 48;
    private static final int EVEN = 128;

    private final byte[] file;
    private final int end;
    private int at;
    private int missing;
    private int range = 255;
    private long value;
    private int extra = -8; // bits of value below those that are compared with range

    Vp8Bits(byte[] file, int from, int length) {
        this.file = file;
        at = from;
        end = from + length;
    }

    private void fill() {
        while (extra <= BITS_HELD - 8) {
            if (at == end) {
                missing++;
            }
            value = value << 8 | (at < end ? Byte.toUnsignedInt(file[at++]) : 0);
            extra += 8;
        }
    }

    /** Whether a whole byte or more was used that lies beyond the end. */
    boolean isPastEnd() {
        return missing * 8 > extra + 8;
    }

    /** One bit that is 0 with a probability of {@code probability / 256}. */
    int bit(int probability) {
        if (extra < 0) {
            fill();
        }
        var split = 1 + ((range - 1) * probability >> 8);
        var bound = (long) split << extra;
        int bit;
        if (value >= bound) {
            range -= split;
            value -= bound;
            bit = 1;
        } else {
            range = split;
            bit = 0;
        }
        var shift = Integer.numberOfLeadingZeros(range) - 24;
        range <<= shift;
        extra -= shift;
        return bit;
    }

    boolean flag() {
        return bit(EVEN) == 1;
    }

    /** An unsigned number of {@code bits} bits, highest first. */
    int number(int bits) {
        var number = 0;
        for (var i = 0; i < bits; i++) {
            number = number << 1 | bit(EVEN);
        }
        return number;
    }

    /** A number of {@code bits} bits and its sign. */
    int signed(int bits) {
        var number = number(bits);
        return flag() ? -number : number;
    }

    /** A flag, and a signed number if it is set; else 0. */
    int optional(int bits) {
        return flag() ? signed(bits) : 0;
    }
}
