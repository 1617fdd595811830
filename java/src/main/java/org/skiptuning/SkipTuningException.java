package org.skiptuning;

import org.jspecify.annotations.Nullable;

/**
 * Something outside the program's control went wrong: a file, a picture, a device. The message is one line that says
 * what is wrong, where, and what to do. Wrong arguments are {@link IllegalArgumentException}s and use after close is an
 * {@link IllegalStateException}, as everywhere in Java.
 */
public class SkipTuningException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public SkipTuningException(String message) {
        super(message);
    }

    public SkipTuningException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
