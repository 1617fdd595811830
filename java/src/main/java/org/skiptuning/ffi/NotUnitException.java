package org.skiptuning.ffi;

import org.skiptuning.SkipTuningException;

/** A tower gave features that have no direction: a NaN, an infinity or nothing but zeros. */
public final class NotUnitException extends SkipTuningException {
    private static final long serialVersionUID = 1L;

    private final int row;

    NotUnitException(int row) {
        super("The features of row " + row + " aren't finite or are all zero: the model's weights are damaged, or not"
                + " those of its configuration");
        this.row = row;
    }

    /** The first such row. */
    public int row() {
        return row;
    }
}
