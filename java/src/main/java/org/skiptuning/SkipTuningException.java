package org.skiptuning;

/**
 * Something went wrong that the user can act on.
 *
 * <p>The message is one line: what is wrong, where, and what to do.
 */
public class SkipTuningException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public SkipTuningException(String message) {
        super(message);
    }

    public SkipTuningException(String message, Throwable cause) {
        super(message, cause);
    }
}
