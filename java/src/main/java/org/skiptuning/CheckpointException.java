package org.skiptuning;

import org.jspecify.annotations.Nullable;

/** A checkpoint, configuration or tokenizer file cannot be used: missing, truncated, foreign, hostile or inconsistent. */
public sealed class CheckpointException extends SkipTuningException permits BaseModelException {
    private static final long serialVersionUID = 1L;

    public CheckpointException(String message) {
        super(message);
    }

    public CheckpointException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
