package org.skiptuning;

/** A long call stopped because its thread was interrupted. The thread's interrupt status is set again. */
public class CancelledException extends SkipTuningException {
    private static final long serialVersionUID = 1L;

    public CancelledException(String message) {
        super(message);
    }

    /** Throws if the calling thread has been interrupted, and leaves it so. */
    static void check(Phase phase) {
        if (Thread.currentThread().isInterrupted()) {
            throw new CancelledException("interrupted while " + phase);
        }
    }
}
