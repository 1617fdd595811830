package org.skiptuning.data.webp;

/** The two inverse transforms of RFC 6386, paragraph 14. */
final class Vp8Transform {
    private Vp8Transform() {}

    /** Walsh-Hadamard: 16 numbers that become the first coefficients of the 16 luma blocks. */
    static void spreadSecondOrder(int[] second, int[] coefficients) {
        var columns = new int[16];
        for (var i = 0; i < 4; i++) {
            var a0 = second[i] + second[12 + i];
            var a1 = second[4 + i] + second[8 + i];
            var a2 = second[4 + i] - second[8 + i];
            var a3 = second[i] - second[12 + i];
            columns[i] = a0 + a1;
            columns[4 + i] = a3 + a2;
            columns[8 + i] = a0 - a1;
            columns[12 + i] = a3 - a2;
        }
        for (var i = 0; i < 4; i++) {
            var first = columns[4 * i] + 3;
            var a0 = first + columns[4 * i + 3];
            var a1 = columns[4 * i + 1] + columns[4 * i + 2];
            var a2 = columns[4 * i + 1] - columns[4 * i + 2];
            var a3 = first - columns[4 * i + 3];
            coefficients[64 * i] = a0 + a1 >> 3;
            coefficients[64 * i + 16] = a3 + a2 >> 3;
            coefficients[64 * i + 32] = a0 - a1 >> 3;
            coefficients[64 * i + 48] = a3 - a2 >> 3;
        }
    }

    /** Cosine: adds the residual of 16 coefficients to a block of 4 × 4 samples. */
    static void add(int[] coefficients, int offset, Plane plane, int at) {
        var columns = new int[16];
        for (var i = 0; i < 4; i++) {
            var in = offset + i;
            var a = coefficients[in] + coefficients[in + 8];
            var b = coefficients[in] - coefficients[in + 8];
            var c = sine(coefficients[in + 4]) - cosine(coefficients[in + 12]);
            var d = cosine(coefficients[in + 4]) + sine(coefficients[in + 12]);
            columns[4 * i] = a + d;
            columns[4 * i + 1] = b + c;
            columns[4 * i + 2] = b - c;
            columns[4 * i + 3] = a - d;
        }
        for (var y = 0; y < 4; y++) {
            var first = columns[y] + 4;
            var a = first + columns[8 + y];
            var b = first - columns[8 + y];
            var c = sine(columns[4 + y]) - cosine(columns[12 + y]);
            var d = cosine(columns[4 + y]) + sine(columns[12 + y]);
            var row = at + y * plane.stride;
            plane.set(row, plane.get(row) + (a + d >> 3));
            plane.set(row + 1, plane.get(row + 1) + (b + c >> 3));
            plane.set(row + 2, plane.get(row + 2) + (b - c >> 3));
            plane.set(row + 3, plane.get(row + 3) + (a - d >> 3));
        }
    }

    /** Times sqrt(2) · cos(pi / 8), in 16-bit fixed point. */
    private static int cosine(int value) {
        return (value * 20091 >> 16) + value;
    }

    /** Times sqrt(2) · sin(pi / 8), in 16-bit fixed point. */
    private static int sine(int value) {
        return value * 35468 >> 16;
    }
}
