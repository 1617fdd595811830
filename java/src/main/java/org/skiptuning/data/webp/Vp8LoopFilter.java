package org.skiptuning.data.webp;

/** Smooths the edges of blocks (RFC 6386, paragraph 15), in the order of macroblocks. */
final class Vp8LoopFilter {
    /**
     * How strongly a macroblock is filtered.
     *
     * @param limit of the differences across an edge inside of it; 0 leaves all alone. At its border 4 more are allowed
     * @param interior limit of the differences beside an edge
     * @param highVariance threshold above which only the two samples at the edge are changed
     */
    private record Strength(int limit, int interior, int highVariance) {
        static Strength of(int level, int sharpness) {
            if (level == 0) {
                return new Strength(0, 0, 0);
            }
            var interior = level;
            if (sharpness > 0) {
                interior = Math.min(interior >> (sharpness > 4 ? 2 : 1), 9 - sharpness);
            }
            interior = Math.max(interior, 1);
            return new Strength(2 * level + interior, interior, level >= 40 ? 2 : level >= 15 ? 1 : 0);
        }
    }

    private final boolean off;
    private final boolean simple;
    private final Strength[] strengths; // [segment, 0 or 1 for sub-blocks]
    private final int columns;
    private final byte[] chosen; // of each macroblock: the index of its strength
    private final boolean[] inner; // of each macroblock: whether its inner edges are filtered, too

    Vp8LoopFilter(Vp8Header header, int columns, int rows) {
        var filter = header.filter();
        off = filter.level() == 0;
        simple = filter.simple();
        strengths = new Strength[8];
        for (var segment = 0; segment < 4; segment++) {
            var level = filter.level();
            if (header.segments().used()) {
                level = header.segments().levels()[segment] + (header.segments().absolute() ? 0 : level);
            }
            for (var subBlocks = 0; subBlocks < 2; subBlocks++) {
                var changed = level + filter.intraChange() + (subBlocks == 1 ? filter.subBlockChange() : 0);
                strengths[2 * segment + subBlocks] = Strength.of(Math.clamp(changed, 0, 63), filter.sharpness());
            }
        }
        this.columns = columns;
        chosen = new byte[columns * rows];
        inner = new boolean[columns * rows];
    }

    void choose(int column, int row, int segment, boolean subBlocks, boolean hasCoefficients) {
        chosen[row * columns + column] = (byte) (2 * segment + (subBlocks ? 1 : 0));
        inner[row * columns + column] = subBlocks || hasCoefficients;
    }

    void apply(Plane luma, Plane blue, Plane red) {
        for (var i = 0; i < chosen.length && !off; i++) {
            var strength = strengths[chosen[i]];
            if (strength.limit() == 0) {
                continue;
            }
            var x = i % columns;
            var y = i / columns;
            edges(luma, 16, x, y, strength, inner[i]);
            if (!simple) {
                edges(blue, 8, x, y, strength, inner[i]);
                edges(red, 8, x, y, strength, inner[i]);
            }
        }
    }

    private void edges(Plane plane, int size, int column, int row, Strength strength, boolean inside) {
        var at = plane.at(column * size, row * size);
        if (column > 0) {
            edge(plane, at, 1, plane.stride, size, strength, true);
        }
        for (var i = 4; i < size && inside; i += 4) {
            edge(plane, at + i, 1, plane.stride, size, strength, false);
        }
        if (row > 0) {
            edge(plane, at, plane.stride, 1, size, strength, true);
        }
        for (var i = 4; i < size && inside; i += 4) {
            edge(plane, at + i * plane.stride, plane.stride, 1, size, strength, false);
        }
    }

    /**
     * @param across the step from a sample to the next across the edge
     * @param along the step from a sample to the next along the edge
     */
    private void edge(Plane plane, int at, int across, int along, int length, Strength strength, boolean border) {
        var limit = 2 * (strength.limit() + (border ? 4 : 0)) + 1;
        for (var i = 0; i < length; i++, at += along) {
            var p1 = plane.get(at - 2 * across);
            var p0 = plane.get(at - across);
            var q0 = plane.get(at);
            var q1 = plane.get(at + across);
            if (4 * Math.abs(p0 - q0) + Math.abs(p1 - q1) > limit) {
                continue;
            }
            if (simple) {
                two(plane, at, across);
            } else if (isSmooth(plane, at, across, strength.interior())) {
                if (Math.abs(p1 - p0) > strength.highVariance() || Math.abs(q1 - q0) > strength.highVariance()) {
                    two(plane, at, across);
                } else if (border) {
                    six(plane, at, across);
                } else {
                    four(plane, at, across);
                }
            }
        }
    }

    private static boolean isSmooth(Plane plane, int at, int across, int limit) {
        for (var i = -4; i < 3; i++) {
            if (i != -1 && Math.abs(plane.get(at + i * across) - plane.get(at + (i + 1) * across)) > limit) {
                return false;
            }
        }
        return true;
    }

    /** Changes one sample on each side. */
    private static void two(Plane plane, int at, int across) {
        var p0 = plane.get(at - across);
        var q0 = plane.get(at);
        var step = 3 * (q0 - p0) + signedByte(plane.get(at - 2 * across) - plane.get(at + across));
        plane.set(at - across, p0 + eighth(step + 3));
        plane.set(at, q0 - eighth(step + 4));
    }

    /** Changes two samples on each side. */
    private static void four(Plane plane, int at, int across) {
        var p0 = plane.get(at - across);
        var q0 = plane.get(at);
        var step = 3 * (q0 - p0);
        var change = eighth(step + 4);
        var outer = change + 1 >> 1;
        plane.set(at - 2 * across, plane.get(at - 2 * across) + outer);
        plane.set(at - across, p0 + eighth(step + 3));
        plane.set(at, q0 - change);
        plane.set(at + across, plane.get(at + across) - outer);
    }

    /** Changes three samples on each side. */
    private static void six(Plane plane, int at, int across) {
        var p0 = plane.get(at - across);
        var q0 = plane.get(at);
        var step = signedByte(3 * (q0 - p0) + signedByte(plane.get(at - 2 * across) - plane.get(at + across)));
        for (var i = 0; i < 3; i++) {
            var change = (27 - 9 * i) * step + 63 >> 7;
            var before = at - (i + 1) * across;
            var after = at + i * across;
            plane.set(before, plane.get(before) + change);
            plane.set(after, plane.get(after) - change);
        }
    }

    private static int signedByte(int value) {
        return Math.clamp(value, -128, 127);
    }

    private static int eighth(int value) {
        return Math.clamp(value >> 3, -16, 15);
    }
}
