package org.skiptuning;

import java.util.Arrays;

/** Normalised features, one row a picture or text, in the order asked for. */
public final class Features {
    private final float[] values;
    private final int rows;
    private final int width;

    Features(float[] values, int rows, int width) {
        if (values.length != rows * width) {
            throw new IllegalArgumentException(values.length + " values are not " + rows + " x " + width);
        }
        this.values = values;
        this.rows = rows;
        this.width = width;
    }

    public int rows() {
        return rows;
    }

    /** Numbers in a row: the model's embedding size. */
    public int width() {
        return width;
    }

    /** A copy of one row, of length 1. */
    public float[] row(int index) {
        if (index < 0 || index >= rows) {
            throw new IndexOutOfBoundsException("row " + index + " of " + rows);
        }
        return Arrays.copyOfRange(values, index * width, (index + 1) * width);
    }

    /** A copy of all rows, one after the other. */
    public float[] toArray() {
        return values.clone();
    }

    /** Cosine of the angle between a row of this and a row of other features of the same model. */
    public double cosine(int row, Features other, int otherRow) {
        var own = row(row);
        var others = other.row(otherRow);
        if (width != other.width) {
            throw new IllegalArgumentException("features of " + width + " and " + other.width + " numbers a row");
        }
        var sum = 0.0;
        for (var i = 0; i < width; i++) {
            sum += (double) own[i] * others[i];
        }
        return sum;
    }
}
