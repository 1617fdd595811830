package org.skiptuning.data.webp;

import java.util.Arrays;

/** Fills blocks from the samples above and to the left of them (RFC 6386, paragraph 12). */
final class Vp8Prediction {
    private Vp8Prediction() {}

    /**
     * A whole macroblock of one channel.
     *
     * @param size 16 for luma, 8 for chroma
     * @param x of the macroblock, in samples
     * @param y of the macroblock, in samples
     */
    static void predict(Plane plane, int mode, int size, int x, int y) {
        var at = plane.at(x, y);
        switch (mode) {
            case Vp8Modes.DC -> fill(plane, at, size, mean(plane, at, size, x > 0, y > 0));
            case Vp8Modes.VERTICAL -> {
                for (var row = 0; row < size; row++) {
                    System.arraycopy(plane.samples, at - plane.stride, plane.samples, at + row * plane.stride, size);
                }
            }
            case Vp8Modes.HORIZONTAL -> {
                for (var row = 0; row < size; row++) {
                    var start = at + row * plane.stride;
                    Arrays.fill(plane.samples, start, start + size, plane.samples[start - 1]);
                }
            }
            default -> trueMotion(plane, at, size);
        }
    }

    private static int mean(Plane plane, int at, int size, boolean hasLeft, boolean hasAbove) {
        if (!hasLeft && !hasAbove) {
            return 128;
        }
        var sum = 0;
        for (var i = 0; i < size; i++) {
            sum += hasAbove ? plane.get(at - plane.stride + i) : 0;
            sum += hasLeft ? plane.get(at + i * plane.stride - 1) : 0;
        }
        var count = hasLeft && hasAbove ? 2 * size : size;
        return (sum + count / 2) / count;
    }

    private static void fill(Plane plane, int at, int size, int value) {
        for (var row = 0; row < size; row++) {
            var start = at + row * plane.stride;
            Arrays.fill(plane.samples, start, start + size, (byte) value);
        }
    }

    private static void trueMotion(Plane plane, int at, int size) {
        var above = at - plane.stride;
        var corner = plane.get(above - 1);
        for (var row = 0; row < size; row++) {
            var start = at + row * plane.stride;
            var difference = plane.get(start - 1) - corner;
            for (var column = 0; column < size; column++) {
                plane.set(start + column, plane.get(above + column) + difference);
            }
        }
    }

    /**
     * A block of 4 × 4 luma samples.
     *
     * @param right where the four samples above and to the right begin
     */
    static void predictSubBlock(Plane plane, int mode, int at, int right) {
        if (mode == Vp8Modes.TRUE_MOTION) {
            trueMotion(plane, at, 4);
            return;
        }
        // Along the edge, from the lowest on the left over the corner (4) to the last above and to the right.
        var edge = new int[13];
        for (var i = 0; i < 4; i++) {
            edge[3 - i] = plane.get(at + i * plane.stride - 1);
            edge[5 + i] = plane.get(at - plane.stride + i);
            edge[9 + i] = plane.get(right + i);
        }
        edge[4] = plane.get(at - plane.stride - 1);
        if (mode == Vp8Modes.DC) {
            var sum = 4;
            for (var i = 0; i < 4; i++) {
                sum += edge[i] + edge[5 + i];
            }
            fill(plane, at, 4, sum >> 3);
            return;
        }
        for (var y = 0; y < 4; y++) {
            for (var x = 0; x < 4; x++) {
                plane.samples[at + y * plane.stride + x] = (byte) directional(mode, x, y, edge);
            }
        }
    }

    private static int directional(int mode, int x, int y, int[] edge) {
        return switch (mode) {
            case Vp8Modes.VERTICAL -> three(edge, 5 + x);
            case Vp8Modes.HORIZONTAL -> y == 3 ? (edge[1] + 3 * edge[0] + 2) >> 2 : three(edge, 3 - y);
            case Vp8Modes.RIGHT_DOWN -> three(edge, 4 + x - y);
            case Vp8Modes.LEFT_DOWN -> x + y == 6 ? (edge[11] + 3 * edge[12] + 2) >> 2 : three(edge, 6 + x + y);
            case Vp8Modes.VERTICAL_RIGHT -> verticalRight(x, y, edge);
            case Vp8Modes.VERTICAL_LEFT -> verticalLeft(x, y, edge);
            case Vp8Modes.HORIZONTAL_DOWN -> horizontalDown(x, y, edge);
            default -> horizontalUp(x, y, edge);
        };
    }

    private static int verticalRight(int x, int y, int[] edge) {
        var along = 2 * x - y;
        if (along < -1) {
            return three(edge, 4 + along + 1);
        }
        return along % 2 == 0 ? two(edge, 4 + along / 2) : three(edge, 4 + (along + 1) / 2);
    }

    private static int verticalLeft(int x, int y, int[] edge) {
        if (x == 3 && y >= 2) {
            return three(edge, y == 2 ? 10 : 11);
        }
        return y % 2 == 0 ? two(edge, 5 + x + y / 2) : three(edge, 6 + x + y / 2);
    }

    private static int horizontalDown(int x, int y, int[] edge) {
        var along = 2 * y - x;
        if (along < -1) {
            return three(edge, 4 - along - 1);
        }
        return along % 2 == 0 ? two(edge, 3 - along / 2) : three(edge, 4 - (along + 1) / 2);
    }

    private static int horizontalUp(int x, int y, int[] edge) {
        var along = x + 2 * y;
        if (along > 5) {
            return edge[0];
        }
        if (along == 5) {
            return (edge[1] + 3 * edge[0] + 2) >> 2;
        }
        return along % 2 == 0 ? two(edge, 2 - along / 2) : three(edge, 2 - along / 2);
    }

    /** The rounded mean of a sample of the edge and the one after it. */
    private static int two(int[] edge, int at) {
        return (edge[at] + edge[at + 1] + 1) >> 1;
    }

    /** The rounded mean of a sample of the edge, twice, and its neighbours. */
    private static int three(int[] edge, int at) {
        return (edge[at - 1] + 2 * edge[at] + edge[at + 1] + 2) >> 2;
    }
}
