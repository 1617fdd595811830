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
            throw during(phase);
        }
    }

    /** The exception for an interrupt that was just noticed; sets the thread's interrupt status again. */
    static CancelledException during(Phase phase) {
        Thread.currentThread().interrupt();
        return new CancelledException("Interrupted while " + phase);
    }
}
