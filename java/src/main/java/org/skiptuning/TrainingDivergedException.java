package org.skiptuning;

import org.jspecify.annotations.Nullable;

/** A training left numbers that aren't finite: its learning rates are too high for the model and the precision. */
public final class TrainingDivergedException extends SkipTuningException {
    private static final long serialVersionUID = 1L;

    public TrainingDivergedException(String message) {
        super(message);
    }

    public TrainingDivergedException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
