package org.skiptuning.checkpoint;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.skiptuning.CheckpointException;
import org.skiptuning.ffi.TensorView;

/** Configurations by name, as data beside this class, for weights that come without one. */
final class ConfigurationTemplates {
    /** The names; each is a file in configurations/. */
    static final List<String> NAMES = List.of(
            "ViT-B-32",
            "ViT-B-32-quickgelu",
            "ViT-B-16",
            "ViT-B-16-quickgelu",
            "ViT-L-14",
            "ViT-L-14-quickgelu",
            "ViT-L-14-336",
            "ViT-L-14-336-quickgelu",
            "ViT-H-14",
            "ViT-H-14-quickgelu",
            "ViT-bigG-14",
            "ViT-bigG-14-quickgelu");

    private ConfigurationTemplates() {}

    /** @param name one of {@link #NAMES}, or the path of a configuration file of open_clip or Hugging Face */
    static ClipConfiguration named(String name) {
        if (NAMES.contains(name)) {
            return read(name);
        }
        var file = Path.of(name);
        if (name.endsWith(".json") && Files.isRegularFile(file)) {
            return readFile(file);
        }
        throw new CheckpointException("There is no configuration \"" + name + "\": give one of "
                + String.join(", ", NAMES) + ", or the path of a config.json or open_clip_config.json");
    }

    /** The templates whose model has exactly these tensors. */
    static List<String> fitting(Map<String, TensorView> tensors, Naming naming) {
        return NAMES.stream().filter(name -> fits(tensors, read(name), naming)).toList();
    }

    static ClipConfiguration readFile(Path file) {
        var root = JsonObject.read(file);
        if (root.has("model_cfg")) {
            return OpenClipConfiguration.read(root.requiredObject("model_cfg"));
        }
        return root.has("vision_cfg") ? OpenClipConfiguration.read(root) : HuggingFaceConfiguration.read(root);
    }

    private static boolean fits(Map<String, TensorView> tensors, ClipConfiguration configuration, Naming naming) {
        var expected = ExpectedTensors.of(configuration, naming.splitsAttention());
        return expected.keySet().equals(tensors.keySet())
                && tensors.entrySet().stream()
                        .allMatch(entry -> Arrays.equals(entry.getValue().shape(), expected.get(entry.getKey())));
    }

    private static ClipConfiguration read(String name) {
        var resource = "configurations/" + name + ".json";
        try (var stream = ConfigurationTemplates.class.getResourceAsStream(resource)) {
            if (stream == null) {
                throw new CheckpointException(resource + " isn't in this build's resources: build again with Maven");
            }
            return OpenClipConfiguration.read(new JsonObject(Json.parse(stream.readAllBytes(), resource), resource));
        } catch (IOException failure) {
            throw new CheckpointException(resource + " cannot be read: " + failure.getMessage(), failure);
        }
    }
}
