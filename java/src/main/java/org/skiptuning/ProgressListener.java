package org.skiptuning;

/** Hears how far a long call is. Called on the caller's thread; what it throws ends the call. */
@FunctionalInterface
public interface ProgressListener {
    /**
     * @param phase what is being done
     * @param done units done, see {@link Phase#unit()}
     * @param total units in all
     */
    void onProgress(Phase phase, long done, long total);

    /** Hears nothing. */
    static ProgressListener none() {
        return (phase, done, total) -> {};
    }
}
