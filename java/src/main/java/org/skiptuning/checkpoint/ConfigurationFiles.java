package org.skiptuning.checkpoint;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.skiptuning.CheckpointException;
import org.skiptuning.ffi.TensorView;

/** Which configuration and preprocessing belong to a file of weights. */
final class ConfigurationFiles {
    private ConfigurationFiles() {}

    static ClipConfiguration configuration(
            CheckpointFiles files,
            WeightsFile weights,
            Naming naming,
            Map<String, TensorView> tensors,
            Optional<String> configName) {
        if (configName.isPresent()) {
            return ConfigurationTemplates.named(configName.get());
        }
        var name = fileName(naming);
        var file = files.companion(name);
        if (file.isPresent()) {
            return ConfigurationTemplates.readFile(file.get());
        }
        if (naming == Naming.OPENAI && weights.isTorchScript()) {
            return OpenAiShapes.configuration(tensors, files.weights().toString());
        }
        throw undecided(files, name, ConfigurationTemplates.fitting(tensors, naming));
    }

    static Preprocessing preprocessing(CheckpointFiles files, Naming naming, ClipConfiguration configuration) {
        int size = configuration.image().size();
        if (naming == Naming.HUGGING_FACE) {
            return files.companion(CheckpointFiles.PREPROCESSOR)
                    .map(file -> PreprocessingFiles.readHuggingFace(JsonObject.read(file), size))
                    .orElseGet(() -> Preprocessing.openAi(size));
        }
        return files.companion(CheckpointFiles.OPEN_CLIP_CONFIG)
                .flatMap(file -> JsonObject.read(file).object("preprocess_cfg"))
                .map(object -> PreprocessingFiles.readOpenClip(object, size))
                .orElseGet(() -> Preprocessing.openAi(size));
    }

    /**
     * Refuses an open_clip configuration that names a tokenizer which isn't there, or wants CLIP's own with a clean-up
     * other than lower-casing: CLIP's would give wrong tokens without a word.
     */
    static void requireTokenizer(CheckpointFiles files, Naming naming) {
        if (naming == Naming.HUGGING_FACE
                || files.companion(TokenizerFiles.TOKENIZER).isPresent()) {
            return;
        }
        files.companion(CheckpointFiles.OPEN_CLIP_CONFIG)
                .flatMap(file -> JsonObject.read(file).object("model_cfg"))
                .flatMap(model -> model.object("text_cfg"))
                .ifPresent(ConfigurationFiles::requireClipsTokenizer);
    }

    private static void requireClipsTokenizer(JsonObject text) {
        var name = text.text("hf_tokenizer_name", "");
        if (!name.isEmpty()) {
            throw new CheckpointException(
                    text.source() + " names the tokenizer " + JsonObject.shortened(text.value("hf_tokenizer_name"))
                            + ": put its " + TokenizerFiles.TOKENIZER + " beside the weights");
        }
        text.object("tokenizer_kwargs").ifPresent(options -> {
            for (var option : options.keys()) {
                if (!option.equals("clean") || !options.text(option, "").equals("lower")) {
                    throw options.wrong(
                            option, "left out: only CLIP's own tokenizer with clean-up \"lower\" is supported yet");
                }
            }
        });
    }

    static String fileName(Naming naming) {
        return naming == Naming.HUGGING_FACE ? CheckpointFiles.HUGGING_FACE_CONFIG : CheckpointFiles.OPEN_CLIP_CONFIG;
    }

    /** Heads and activation leave no trace in the shapes, so nothing is guessed. */
    private static CheckpointException undecided(CheckpointFiles files, String name, List<String> fitting) {
        var remedy = fitting.isEmpty()
                ? "put its " + name + " beside it, or give the path of one with --config"
                : "put its " + name + " beside it, or say which it is: --config "
                        + String.join(" or --config ", fitting)
                        + " (quickgelu for OpenAI's, LAION-400M, MetaCLIP and DFN weights)";
        return new CheckpointException(files.weights()
                + " doesn't say how many heads it has and which activation, and shapes cannot tell: " + remedy);
    }
}
