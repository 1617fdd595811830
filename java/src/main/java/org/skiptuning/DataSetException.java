package org.skiptuning;

import org.jspecify.annotations.Nullable;

/** A data set or one of its pictures cannot be used. */
public sealed class DataSetException extends SkipTuningException permits UnreadablePictureException {
    private static final long serialVersionUID = 1L;

    public DataSetException(String message) {
        super(message);
    }

    public DataSetException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
