package org.skiptuning;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;

/**
 * How many blocks of a tower layer-wise skipping leaves frozen (ω), as a count or as a share of the tower's depth:
 * ViT-L/14 has 24 image and 12 text blocks, where {@code 0.75} means 18 and 9.
 *
 * @param value above 0 and below 1 a share, else a whole number of blocks; 0 trains every block
 */
public record StartLayer(@JsonValue double value) {
    @JsonCreator
    public StartLayer {
        var whole = value == Math.rint(value);
        if (!(value >= 0) || value > 1000 || (value > 1 && !whole)) {
            throw new IllegalArgumentException(
                    "Start layer is " + value + ": use a whole number of blocks from 0, or a share between 0 and 1");
        }
    }

    public static StartLayer blocks(int count) {
        return new StartLayer(count);
    }

    /**
     * A share of the depth, rounded to the nearest block; at least one block is left to train.
     *
     * @throws IllegalArgumentException if the share is not above 0 and below 1
     */
    public static StartLayer share(double share) {
        if (!(share > 0 && share < 1)) {
            throw new IllegalArgumentException("share is " + share + ": use a number above 0 and below 1");
        }
        return new StartLayer(share);
    }

    /**
     * The number of frozen blocks in a tower.
     *
     * @param tower named in the error: image or text
     * @param layers blocks of the tower
     * @throws IllegalArgumentException if no block would be left to train
     */
    public int resolve(String tower, int layers) {
        if (value > 0 && value < 1) {
            return (int) Math.min(Math.round(value * layers), layers - 1);
        }
        if (value >= layers) {
            throw new IllegalArgumentException("Start layer " + this + " leaves no block of the " + tower
                    + " tower to train: use 0 to " + (layers - 1) + ", or a share below 1");
        }
        return (int) value;
    }

    @Override
    public String toString() {
        return value == Math.rint(value) ? Long.toString((long) value) : Double.toString(value);
    }
}
