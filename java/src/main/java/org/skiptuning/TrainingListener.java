package org.skiptuning;

import java.util.List;

/**
 * Hears what a training run does. Every method does nothing by default; all are called on the thread that called
 * {@code fit}, and what they throw ends the run.
 */
public interface TrainingListener extends ProgressListener {
    /**
     * The run begins or goes on.
     *
     * @param stepsDone steps that an interrupted run has behind it; 0 for a new one
     * @param totalSteps steps of the whole run
     */
    default void onStart(long stepsDone, long totalSteps) {}

    /** A new phase begins. */
    default void onPhase(Phase phase) {}

    @Override
    default void onProgress(Phase phase, long done, long total) {}

    /** A step was done. */
    default void onStep(StepMetrics metrics) {}

    /** An epoch was done and, where the run has a directory, is on disk. */
    default void onEpoch(EpochMetrics metrics) {}

    /** Something the user should know that does not stop the run, as one line. */
    default void onWarning(String message) {}

    /** Hears nothing. */
    static TrainingListener none() {
        return new TrainingListener() {};
    }

    /** Hands everything on to each listener, in the order given. */
    static TrainingListener all(TrainingListener... listeners) {
        return new ListenerList(List.of(listeners));
    }
}
