package org.skiptuning.cli;

import java.util.Optional;
import picocli.CommandLine.Option;

/** The model that a method's parameters were trained beside. */
final class BaseModelOptions {
    @Option(
            names = "--model",
            paramLabel = "PATH",
            description =
                    "Where the model lies that a method's parameters were trained beside, if it was moved. Default:"
                            + " where it was. A whole model in --tuned needs none.")
    private Optional<String> model = Optional.empty();

    @Option(names = "--config", paramLabel = "NAME", description = "Shape of that model, if training was told one.")
    private Optional<String> config = Optional.empty();

    ModelOptions options() {
        return new ModelOptions(model, config);
    }
}
