package org.skiptuning.cli;

import java.util.Optional;
import picocli.CommandLine.Option;

/** Which checkpoint. */
final class ModelOptions {
    static final String HEADING = "Model:";
    static final String BUNDLED = "bundled";

    @Option(
            names = "--model",
            paramLabel = "PATH",
            description = "An OpenAI .pt, a Hugging Face or open_clip folder, a bare .safetensors, or bundled, the small"
                    + " model that comes along. Default: bundled.")
    private String model = BUNDLED;

    @Option(
            names = "--config",
            paramLabel = "NAME",
            description = "Shape of a bare .safetensors whose tensors cannot tell it, such as ViT-B-16.")
    private Optional<String> config = Optional.empty();

    String model() {
        return model;
    }

    Optional<String> config() {
        return config;
    }

    boolean isBundled() {
        return model.equals(BUNDLED);
    }
}
