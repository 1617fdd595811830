package org.skiptuning;

/**
 * A training run stopped because its thread was interrupted. Where the run has a directory, everything needed to go on
 * from {@link #steps()} lies in it; a run without a step done leaves the directory as it was.
 */
public final class TrainingInterruptedException extends CancelledException {
    private static final long serialVersionUID = 1L;

    private final long steps;

    public TrainingInterruptedException(String message, long steps) {
        super(message);
        this.steps = steps;
    }

    /** Steps done before the interruption, counted from the run's beginning. */
    public long steps() {
        return steps;
    }
}
