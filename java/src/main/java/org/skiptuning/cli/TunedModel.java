package org.skiptuning.cli;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.skiptuning.FineTuned;
import org.skiptuning.LoadOptions;

/** A fine-tuned model by its folder, and where its method leaves no ordinary one, the model that it was trained on. */
final class TunedModel {
    private TunedModel() {}

    /**
     * @param model what {@code --model} and {@code --config} say, if they were given
     * @throws UsageException if they are given for a folder that holds a model of its own
     */
    static FineTuned load(Path directory, ModelOptions model, LoadOptions options) {
        if (FineTuned.holdsOrdinaryModel(directory)) {
            if (model.isGiven()) {
                throw new UsageException("--tuned " + directory
                        + " brings its own model, which contradicts --model and --config: leave these out");
            }
            return FineTuned.load(directory, options);
        }
        Map<String, String> run = RunFile.read(directory).orElse(Map.of());
        LoadOptions shaped = model.config()
                .or(() -> Optional.ofNullable(run.get(RunFile.CONFIG)))
                .map(options::withConfigName)
                .orElse(options);
        if (model.namesModel()) {
            return FineTuned.load(directory, model.path(), shaped);
        }
        return ModelOptions.BUNDLED.equals(run.get(RunFile.MODEL))
                ? FineTuned.load(directory, BundledModel.path(), shaped)
                : FineTuned.load(directory, shaped);
    }
}
