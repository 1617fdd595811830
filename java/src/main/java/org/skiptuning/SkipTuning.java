package org.skiptuning;

/** Skip Tuning with its settings; see {@link #builder()}. */
public final class SkipTuning {
    private final TrainingSettings settings;

    SkipTuning(TrainingSettings settings) {
        this.settings = settings;
    }

    public static SkipTuningBuilder builder() {
        return new SkipTuningBuilder();
    }

    public static SkipTuningBuilder builder(TrainingSettings start) {
        return new SkipTuningBuilder(start);
    }

    public TrainingSettings settings() {
        return settings;
    }
}
