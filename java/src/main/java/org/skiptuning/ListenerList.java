package org.skiptuning;

import java.util.List;

/** Several listeners as one. */
record ListenerList(List<TrainingListener> listeners) implements TrainingListener {
    @Override
    public void onStart(long stepsDone, long totalSteps) {
        listeners.forEach(listener -> listener.onStart(stepsDone, totalSteps));
    }

    @Override
    public void onPhase(Phase phase) {
        listeners.forEach(listener -> listener.onPhase(phase));
    }

    @Override
    public void onProgress(Phase phase, long done, long total) {
        listeners.forEach(listener -> listener.onProgress(phase, done, total));
    }

    @Override
    public void onStep(StepMetrics metrics) {
        listeners.forEach(listener -> listener.onStep(metrics));
    }

    @Override
    public void onEpoch(EpochMetrics metrics) {
        listeners.forEach(listener -> listener.onEpoch(metrics));
    }

    @Override
    public void onWarning(String message) {
        listeners.forEach(listener -> listener.onWarning(message));
    }
}
