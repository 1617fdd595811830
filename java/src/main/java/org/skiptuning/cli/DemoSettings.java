package org.skiptuning.cli;

import java.util.List;
import org.skiptuning.ClassSubset;
import org.skiptuning.Method;
import org.skiptuning.SkipTuning;
import org.skiptuning.TrainingSettings;
import org.skiptuning.data.bundled.BundledData;

/** How the demo trains: by presets whose rates suit the small bundled model, not OpenAI's. */
final class DemoSettings {
    static final List<String> TASKS = List.of("glyphs", "food", "animals", "things");

    private static final int SHOTS = 8;

    private DemoSettings() {}

    static TrainingSettings skip(CommonOptions common) {
        return settings(Method.SKIP, common);
    }

    static TrainingSettings full(CommonOptions common) {
        return settings(Method.FULL, common);
    }

    private static TrainingSettings settings(Method method, CommonOptions common) {
        return SkipTuning.builder(method)
                .preset("bundled")
                .classes(ClassSubset.BASE)
                .shots(SHOTS)
                .templates(BundledData.TEMPLATE)
                .precision(common.precision())
                .seed(common.seed())
                .settings();
    }
}
