package org.skiptuning.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.skiptuning.CheckpointException;
import org.skiptuning.Clip;
import org.skiptuning.LoadOptions;
import org.skiptuning.benchmark.job.ModelReference;
import org.skiptuning.checkpoint.Checkpoint;
import org.skiptuning.checkpoint.ClipConfiguration;
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

    /** To be filled from the command line. */
    ModelOptions() {}

    ModelOptions(Optional<String> model, Optional<String> config) {
        this.model = model;
        this.config = config;
    }

    /** Says what is wrong with the options before any work is done. */
    void check() {
        if (!isBundled() && !Files.exists(given())) {
            throw new CheckpointException("--model " + given() + " " + Folders.absence(given())
                    + ": name an OpenAI .pt, a Hugging Face or open_clip folder, a .safetensors, or bundled");
        }
    }

    Clip load(LoadOptions options) {
        return Clip.load(path(), shaped(options));
    }

    /** As {@code --config} says. */
    LoadOptions shaped(LoadOptions options) {
        return config.map(options::withConfigName).orElse(options);
    }

    Path path() {
        check();
        return isBundled() ? BundledModel.path() : given();
    }

    /** What is read, if it is there. */
    Optional<Path> file() {
        return isBundled() ? BundledModel.find() : Optional.of(given());
    }

    /** The shape, where the model is there or {@code --config} names it. */
    Optional<ClipConfiguration> shape() {
        Optional<Path> there = file().filter(Files::exists);
        if (there.isEmpty()) {
            return config.map(ClipConfiguration::named);
        }
        try (var checkpoint = Checkpoint.open(there.get(), config)) {
            return Optional.of(checkpoint.configuration());
        }
    }

    /** For other processes. */
    ModelReference reference(String contentHash) {
        return new ModelReference(path().toAbsolutePath().normalize(), config, contentHash);
    }

    /** The shape that the user named. */
    Optional<String> config() {
        return config;
    }

    boolean isBundled() {
        return model.orElse(BUNDLED).equals(BUNDLED);
    }

    /** Whether it is the bundled model, a copy of it, or what was trained from it: such do not know the usual words. */
    boolean knowsBundledWords() {
        return isBundled() || BundledModel.sharesVocabulary(given());
    }

    /** The prompt where none is given. */
    String template(String usual) {
        return knowsBundledWords() ? BundledData.TEMPLATE : usual;
    }

    /** Takes over what {@link #describe} wrote, where the user gave nothing. */
    void defaultTo(Map<String, String> description) {
        if (model.isEmpty()) {
            model = Optional.ofNullable(description.get(RunFile.MODEL));
            config = config.or(() -> Optional.ofNullable(description.get(RunFile.CONFIG)));
        }
    }

    /** Whether the user chose anything here. */
    boolean isGiven() {
        return model.isPresent() || config.isPresent();
    }

    /** Whether {@code --model} is among it. */
    boolean namesModel() {
        return model.isPresent();
    }

    private Path given() {
        return Path.of(model.orElseThrow());
    }

    /** What a later command needs to open the same model: the path in full, or bundled, and the shape that was named. */
    Map<String, String> describe() {
        var description = new LinkedHashMap<String, String>();
        description.put(
                RunFile.MODEL,
                isBundled() ? BUNDLED : given().toAbsolutePath().normalize().toString());
        config.map(name -> Files.exists(Path.of(name))
                        ? Path.of(name).toAbsolutePath().normalize().toString()
                        : name)
                .ifPresent(name -> description.put(RunFile.CONFIG, name));
        return description;
    }
}
