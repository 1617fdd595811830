package org.skiptuning.cli;

import java.util.Optional;
import org.skiptuning.Method;
import org.skiptuning.SkipTuning;
import org.skiptuning.SkipTuningBuilder;
import org.skiptuning.TrainingSettings;

/** The settings of full fine-tuning that analyses compare with. */
final class FullFineTuning {
    private FullFineTuning() {}

    /** The same in one epoch, which costs a fraction and orders the blocks alike: docs/analyses.md. */
    static TrainingSettings estimate(TrainingSettings whole) {
        return SkipTuning.builder(whole).epochs(1).warmupEpochs(0).settings();
    }

    /** @param bundledModel whether the model is the bundled one or reads with its vocabulary */
    static SkipTuningBuilder settings(boolean bundledModel, Optional<String> dataSet) {
        SkipTuningBuilder builder = SkipTuning.builder(Method.FULL).schedule("few-shot", dataSet.orElse(""));
        return bundledModel ? builder.preset("bundled").wordsOfBundledModel() : builder;
    }
}
