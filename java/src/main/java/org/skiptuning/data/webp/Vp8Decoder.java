package org.skiptuning.data.webp;

import java.util.Arrays;

/** Decodes VP8 key frames (RFC 6386), the content of lossy WebP files. */
public final class Vp8Decoder {
    private final Vp8Header header;
    private final int columns;
    private final int rows;
    private final Plane luma;
    private final Plane blue;
    private final Plane red;
    private final Vp8Modes modes;
    private final Vp8Residuals residuals;
    private final Vp8LoopFilter filter;

    private Vp8Decoder(Vp8Header header) {
        this.header = header;
        columns = (header.width() + 15) / 16;
        rows = (header.height() + 15) / 16;
        luma = new Plane(16 * columns, 16 * rows);
        blue = new Plane(8 * columns, 8 * rows);
        red = new Plane(8 * columns, 8 * rows);
        modes = new Vp8Modes(header, columns);
        residuals = new Vp8Residuals(header.coefficients(), columns);
        filter = new Vp8LoopFilter(header, columns, rows);
    }

    /**
     * @param file holds the frame's {@code length} bytes from {@code from} on
     * @throws Vp8Exception if the frame is damaged or cut off
     */
    public static YuvPicture decode(byte[] file, int from, int length) throws Vp8Exception {
        return new Vp8Decoder(Vp8Header.read(file, from, length)).decode();
    }

    private YuvPicture decode() throws Vp8Exception {
        for (var row = 0; row < rows; row++) {
            var bits = header.partitions().get(row % header.partitions().size());
            modes.beginRow();
            residuals.beginRow();
            for (var column = 0; column < columns; column++) {
                macroblock(bits, column, row);
            }
            if (bits.isPastEnd() || header.modes().isPastEnd()) {
                throw new Vp8Exception("the frame is cut off");
            }
        }
        filter.apply(luma, blue, red);
        return new YuvPicture(header.width(), header.height(), luma, blue, red);
    }

    private void macroblock(Vp8Bits bits, int column, int row) {
        modes.read(column);
        var hasCoefficients = false;
        if (modes.skipped) {
            residuals.skip(column, !modes.subBlocks);
        } else {
            hasCoefficients = residuals.read(bits, column, !modes.subBlocks, header.quantizers()[modes.segment]);
        }
        filter.choose(column, row, modes.segment, modes.subBlocks, hasCoefficients);
        if (modes.subBlocks) {
            subBlocks(column, row);
        } else {
            Vp8Prediction.predict(luma, modes.luma[0], 16, 16 * column, 16 * row);
            for (var block = 0; block < 16; block++) {
                addResidual(block, luma, luma.at(16 * column + block % 4 * 4, 16 * row + block / 4 * 4));
            }
        }
        chroma(blue, 16, column, row);
        chroma(red, 20, column, row);
    }

    /** The blocks of the last column see what lies above and to the right of the macroblock, at every height. */
    private void subBlocks(int column, int row) {
        var right = luma.at(16 * column + 16, 16 * row - 1);
        if (row > 0 && column == columns - 1) {
            Arrays.fill(luma.samples, right, right + 4, luma.samples[right - 1]);
        }
        for (var block = 0; block < 16; block++) {
            var at = luma.at(16 * column + block % 4 * 4, 16 * row + block / 4 * 4);
            var besides = block % 4 == 3 ? right : at - luma.stride + 4;
            Vp8Prediction.predictSubBlock(luma, modes.luma[block], at, besides);
            addResidual(block, luma, at);
        }
    }

    private void chroma(Plane plane, int firstBlock, int column, int row) {
        Vp8Prediction.predict(plane, modes.chroma, 8, 8 * column, 8 * row);
        for (var block = 0; block < 4; block++) {
            addResidual(firstBlock + block, plane, plane.at(8 * column + block % 2 * 4, 8 * row + block / 2 * 4));
        }
    }

    private void addResidual(int block, Plane plane, int at) {
        var first = 16 * block;
        for (var i = first; i < first + 16; i++) {
            if (residuals.coefficients[i] != 0) {
                Vp8Transform.add(residuals.coefficients, first, plane, at);
                return;
            }
        }
    }
}
