package org.skiptuning.cli;

import java.util.List;
import org.skiptuning.ClassSubset;
import org.skiptuning.Optimizer;
import org.skiptuning.PictureAugmentation;
import org.skiptuning.SkipTuning;
import org.skiptuning.SkipTuningBuilder;
import org.skiptuning.TrainingSettings;
import org.skiptuning.data.bundled.BundledData;

/**
 * How the demo trains. The rates suit the small bundled model, not OpenAI's; each method has its own.
 */
final class DemoSettings {
    static final List<String> TASKS = List.of("glyphs", "food", "animals", "things");

    private DemoSettings() {}

    static TrainingSettings skip(CommonOptions common) {
        return shared(SkipTuning.builder().preset("paper"), common)
                .learningRate(3e-4)
                .imageLearningRate(3e-4)
                .topRatio(0.3)
                .settings();
    }

    static TrainingSettings full(CommonOptions common) {
        return shared(SkipTuning.builder().preset("full"), common)
                .learningRate(1e-4)
                .imageLearningRate(1e-4)
                .settings();
    }

    private static SkipTuningBuilder shared(SkipTuningBuilder builder, CommonOptions common) {
        return builder.classes(ClassSubset.BASE)
                .shots(8)
                .optimizer(Optimizer.ADAMW)
                .weightDecay(0.01)
                .batchSize(16)
                .epochs(10)
                .warmupEpochs(1)
                .warmupLearningRate(5e-5)
                .augmentation(PictureAugmentation.NONE)
                .templates(BundledData.TEMPLATE)
                .precision(common.precision())
                .seed(common.seed());
    }
}
