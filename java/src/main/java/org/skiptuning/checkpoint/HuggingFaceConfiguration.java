package org.skiptuning.checkpoint;

import org.skiptuning.CheckpointException;
import tools.jackson.databind.node.ObjectNode;

/** Hugging Face's {@code config.json} of a CLIPModel, read and written. Defaults are those of its CLIPConfig. */
final class HuggingFaceConfiguration {
    /** The end-of-text that old configurations carry by mistake; it stands for pooling at the largest id. */
    private static final int OLD_END_OF_TEXT = 2;

    private static final String MODEL_TYPE = "clip";

    private HuggingFaceConfiguration() {}

    static ClipConfiguration read(JsonObject root) {
        if (!root.has("model_type")) {
            throw new CheckpointException(root.source() + " isn't the configuration of a CLIP: it has neither"
                    + " open_clip's \"model_cfg\" nor Hugging Face's \"model_type\"");
        }
        var type = root.text("model_type", "");
        if (!type.equals(MODEL_TYPE)) {
            throw new CheckpointException(root.source() + " describes a model of type "
                    + JsonObject.shortened(root.value("model_type")) + ", which isn't supported yet; \"clip\" is");
        }
        var text = tower(root, "text_config");
        var image = tower(root, "vision_config");
        var activation = activation(text);
        if (activation != activation(image)) {
            throw new CheckpointException(root.source() + ": towers with different activations aren't supported yet");
        }
        double epsilon = text.number("layer_norm_eps", 1e-5);
        if (epsilon != image.number("layer_norm_eps", 1e-5)) {
            throw new CheckpointException(
                    root.source() + ": towers with different LayerNorm epsilons aren't supported yet");
        }
        if (image.integer("num_channels", 3) != 3) {
            throw image.wrong("num_channels", "3");
        }
        int endOfText = text.integer("eos_token_id", 49407);
        try {
            return new ClipConfiguration(
                    root.integer("projection_dim", 512),
                    activation,
                    epsilon,
                    endOfText == OLD_END_OF_TEXT ? -1 : endOfText,
                    new ClipConfiguration.ImageTower(
                            image.square("image_size", 224),
                            image.square("patch_size", 32),
                            image.integer("num_hidden_layers", 12),
                            image.integer("hidden_size", 768),
                            image.integer("num_attention_heads", 12),
                            image.integer("intermediate_size", 3072)),
                    new ClipConfiguration.TextTower(
                            text.integer("max_position_embeddings", 77),
                            text.integer("vocab_size", 49408),
                            text.integer("num_hidden_layers", 12),
                            text.integer("hidden_size", 512),
                            text.integer("num_attention_heads", 8),
                            text.integer("intermediate_size", 2048)));
        } catch (IllegalArgumentException invalid) {
            throw new CheckpointException(root.source() + ": " + invalid.getMessage(), invalid);
        }
    }

    /** A {@code config.json} that transformers reads to the same model. */
    static ObjectNode write(ClipConfiguration configuration) {
        var image = configuration.image();
        var text = configuration.text();
        var root = Json.MAPPER.createObjectNode();
        root.putArray("architectures").add("CLIPModel");
        root.put("model_type", MODEL_TYPE);
        root.put("projection_dim", configuration.embedDim());
        tower(root.putObject("text_config"), configuration)
                .put("max_position_embeddings", text.context())
                .put("vocab_size", text.vocabulary())
                .put("num_hidden_layers", text.layers())
                .put("hidden_size", text.width())
                .put("num_attention_heads", text.heads())
                .put("intermediate_size", text.mlpWidth())
                .put("eos_token_id", configuration.endOfText() < 0 ? OLD_END_OF_TEXT : configuration.endOfText());
        tower(root.putObject("vision_config"), configuration)
                .put("image_size", image.size())
                .put("patch_size", image.patch())
                .put("num_hidden_layers", image.layers())
                .put("hidden_size", image.width())
                .put("num_attention_heads", image.heads())
                .put("intermediate_size", image.mlpWidth());
        return root;
    }

    private static ObjectNode tower(ObjectNode node, ClipConfiguration configuration) {
        return node.put("hidden_act", configuration.activation().text())
                .put("layer_norm_eps", configuration.layerNormEpsilon())
                .put("projection_dim", configuration.embedDim());
    }

    /** The tower's part; values of the old duplicate {@code ..._dict}, where there is one, win as in transformers. */
    private static JsonObject tower(JsonObject root, String key) {
        var merged = Json.MAPPER.createObjectNode();
        for (var part : new String[] {key, key + "_dict"}) {
            root.object(part).ifPresent(tower -> tower.keys().forEach(name -> merged.set(name, tower.value(name))));
        }
        return new JsonObject(merged, root.source() + ": " + key);
    }

    private static Activation activation(JsonObject tower) {
        var name = tower.text("hidden_act", Activation.QUICK_GELU.text());
        for (var activation : Activation.values()) {
            if (activation.text().equals(name)) {
                return activation;
            }
        }
        throw tower.wrong("hidden_act", "gelu or quick_gelu");
    }
}
