package org.skiptuning;

import java.nio.file.Path;
import org.skiptuning.data.DataSet;

/** One training run. */
final class TrainingRun {
    private TrainingRun() {}

    static TrainingRun inMemory(TrainingSettings settings, Model model, DataSet data, TrainingListener listener) {
        return new TrainingRun();
    }

    static TrainingRun inDirectory(
            TrainingSettings settings,
            Model model,
            DataSet data,
            TrainingListener listener,
            Path directory,
            boolean resume) {
        return new TrainingRun();
    }

    FineTuned execute() {
        throw new UnsupportedOperationException("the native core is not bound yet");
    }
}
