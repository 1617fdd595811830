package org.skiptuning;

import org.skiptuning.data.DataSet;

/** Which half of the classes takes part; the cut is the one of CoOp's base-to-new protocol. */
public enum ClassSubset {
    /** Every class. */
    ALL("all"),
    /** The first half, rounded up, in label order. */
    BASE("base"),
    /** The rest, numbered from 0 again. */
    NEW("new");

    private final String text;

    ClassSubset(String text) {
        this.text = text;
    }

    /**
     * Reads {@code all}, {@code base}, {@code new}.
     *
     * @throws IllegalArgumentException for any other text
     */
    public static ClassSubset parse(String text) {
        return Choices.parse("class subset", text, values());
    }

    @Override
    public String toString() {
        return text;
    }

    /** These classes of a data set, and their pictures. */
    public DataSet cut(DataSet whole) {
        return switch (this) {
            case ALL -> whole;
            case BASE -> whole.base();
            case NEW -> whole.unseen();
        };
    }
}
