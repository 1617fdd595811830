package org.skiptuning.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.skiptuning.CheckpointException;
import org.skiptuning.Clip;
import org.skiptuning.LoadOptions;
import org.skiptuning.data.bundled.BundledData;
import org.skiptuning.files.Folders;
import picocli.CommandLine.Option;

/** Which checkpoint. */
final class ModelOptions {
    static final String HEADING = "Model:";
    static final String BUNDLED = "bundled";

    @Option(
            names = "--model",
            paramLabel = "PATH",
            description =
                    "An OpenAI .pt, a Hugging Face or open_clip folder, a bare .safetensors, or bundled, the small"
                            + " model that comes along. Default: bundled.")
    private Optional<String> model = Optional.empty();

    @Option(
            names = "--config",
            paramLabel = "NAME",
            description = "Shape of a bare .safetensors whose tensors cannot tell it, such as ViT-B-16.")
    private Optional<String> config = Optional.empty();

    /** Says what is wrong with the options before any work is done. */
    void check() {
        if (!isBundled() && !Files.exists(given())) {
            throw new CheckpointException("--model " + given() + " " + Folders.absence(given())
                    + ": name an OpenAI .pt, a Hugging Face or open_clip folder, a .safetensors, or bundled");
        }
    }

    Clip load(LoadOptions options) {
        return Clip.load(path(), config.map(options::withConfigName).orElse(options));
    }

    Path path() {
        check();
        return isBundled() ? BundledModel.path() : given();
    }

    /** What is read, if it is there. */
    Optional<Path> file() {
        return isBundled() ? BundledModel.find() : Optional.of(given());
    }

    /** The shape that the user named. */
    Optional<String> config() {
        return config;
    }

    boolean isBundled() {
        return model.orElse(BUNDLED).equals(BUNDLED);
    }

    /** The prompt where none is given: the bundled model does not know the usual one's words. */
    String template(String usual) {
        return isBundled() ? BundledData.TEMPLATE : usual;
    }

    /** Whether the user chose anything here. */
    boolean isGiven() {
        return model.isPresent() || config.isPresent();
    }

    private Path given() {
        return Path.of(model.orElseThrow());
    }

    /** For messages and files: the path in full, or bundled. */
    String describe() {
        return isBundled() ? BUNDLED : given().toAbsolutePath().normalize().toString();
    }
}
