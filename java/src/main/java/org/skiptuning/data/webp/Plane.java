package org.skiptuning.data.webp;

import java.util.Arrays;

/**
 * Samples of one channel with the border that prediction sees: 127 above (four samples further to the right, too) and
 * 129 to the left.
 */
final class Plane {
    private static final int ABOVE = 127;
    private static final int LEFT = (byte) 129;
    private static final int RIGHT_BORDER = 4;

    final byte[] samples;
    final int stride;

    Plane(int width, int height) {
        stride = 1 + width + RIGHT_BORDER;
        samples = new byte[Math.multiplyExact(stride, height + 1)];
        Arrays.fill(samples, 0, stride, (byte) ABOVE);
        for (var y = 0; y < height; y++) {
            samples[at(-1, y)] = (byte) LEFT;
        }
    }

    /** The index of a sample; -1 is the border. */
    int at(int x, int y) {
        return (y + 1) * stride + x + 1;
    }

    int get(int index) {
        return samples[index] & 255;
    }

    /** Stores a number that is brought into 0 to 255. */
    void set(int index, int value) {
        samples[index] = (byte) (value < 0 ? 0 : Math.min(value, 255));
    }
}
