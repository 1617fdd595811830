package org.skiptuning.checkpoint;

import java.util.Map;
import java.util.Set;
import org.skiptuning.CheckpointException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * open_clip's {@code model_cfg}, read and written. Defaults are those of its CLIPVisionCfg and CLIPTextCfg. What would
 * change the computation and isn't supported is refused, unknown keys too: a feature left out would only show as bad
 * accuracy.
 */
final class OpenClipConfiguration {
    private static final double LAYER_NORM_EPSILON = 1e-5;

    private static final Set<String> KNOWN = Set.of(
            "embed_dim", "quick_gelu", "vision_cfg", "text_cfg", "custom_text", "cast_dtype", "init_logit_scale");
    private static final Set<String> KNOWN_IMAGE = Set.of(
            "layers",
            "width",
            "head_width",
            "mlp_ratio",
            "patch_size",
            "image_size",
            "norm_kwargs",
            "patch_dropout",
            "attn_pooler_queries",
            "attn_pooler_heads",
            "timm_model_pretrained",
            "timm_pool",
            "timm_proj",
            "timm_proj_bias",
            "timm_drop",
            "timm_drop_path");
    private static final Set<String> KNOWN_TEXT = Set.of(
            "context_length",
            "vocab_size",
            "width",
            "heads",
            "layers",
            "mlp_ratio",
            "norm_kwargs",
            "pad_id",
            "eos_id",
            "hf_tokenizer_name",
            "tokenizer_mode",
            "tokenizer_kwargs",
            "hf_model_pretrained",
            "hf_proj_type",
            "hf_pooler_type");
    /** Keys with the one value besides null, false and nothing that changes nothing. */
    private static final Map<String, String> NEUTRAL_IMAGE =
            Map.of("pool_type", "tok", "pos_embed_type", "learnable", "block_type", "default");

    private static final Map<String, String> NEUTRAL_TEXT =
            Map.of("pool_type", "argmax", "proj_type", "linear", "block_type", "default");

    private OpenClipConfiguration() {}

    static ClipConfiguration read(JsonObject model) {
        var image = model.requiredObject("vision_cfg");
        var text = model.requiredObject("text_cfg");
        requireSupported(model, KNOWN, Map.of());
        if (image.has("timm_model_name")) {
            throw new CheckpointException(
                    image.source() + ": timm's image towers (" + JsonObject.shortened(image.value("timm_model_name"))
                            + ") aren't supported yet; CLIP's own ViT is");
        }
        if (image.value("layers").isArray()) {
            throw new CheckpointException(image.source() + ": ResNet image towers aren't supported yet; CLIP's ViT is");
        }
        requireSupported(image, KNOWN_IMAGE, NEUTRAL_IMAGE);
        requireSupported(text, KNOWN_TEXT, NEUTRAL_TEXT);
        double epsilon = epsilon(image);
        if (epsilon != epsilon(text)) {
            throw new CheckpointException(
                    model.source() + ": towers with different LayerNorm epsilons aren't supported");
        }
        try {
            return configuration(model, image, text, epsilon);
        } catch (IllegalArgumentException invalid) {
            throw new CheckpointException(model.source() + ": " + invalid.getMessage(), invalid);
        }
    }

    private static ClipConfiguration configuration(
            JsonObject model, JsonObject image, JsonObject text, double epsilon) {
        int imageWidth = image.integer("width", 768);
        int headWidth = Math.max(1, image.integer("head_width", 64));
        int textWidth = text.integer("width", 512);
        return new ClipConfiguration(
                model.requiredInteger("embed_dim"),
                model.flag("quick_gelu", false) ? Activation.QUICK_GELU : Activation.GELU,
                epsilon,
                -1,
                new ClipConfiguration.ImageTower(
                        image.square("image_size", 224),
                        image.square("patch_size", 16),
                        image.integer("layers", 12),
                        imageWidth,
                        imageWidth / headWidth,
                        (int) (imageWidth * image.number("mlp_ratio", 4.0))),
                new ClipConfiguration.TextTower(
                        text.integer("context_length", 77),
                        text.integer("vocab_size", 49408),
                        text.integer("layers", 12),
                        textWidth,
                        text.integer("heads", 8),
                        (int) (textWidth * text.number("mlp_ratio", 4.0))));
    }

    /** A {@code model_cfg} that open_clip reads to the same model. */
    static ObjectNode write(ClipConfiguration configuration) {
        var image = configuration.image();
        var text = configuration.text();
        var root = Json.MAPPER.createObjectNode();
        root.put("embed_dim", configuration.embedDim());
        root.put("quick_gelu", configuration.activation() == Activation.QUICK_GELU);
        var imageNode = root.putObject("vision_cfg")
                .put("image_size", image.size())
                .put("layers", image.layers())
                .put("width", image.width())
                .put("head_width", image.width() / image.heads())
                .put("mlp_ratio", ratio(image.mlpWidth(), image.width()))
                .put("patch_size", image.patch());
        var textNode = root.putObject("text_cfg")
                .put("context_length", text.context())
                .put("vocab_size", text.vocabulary())
                .put("width", text.width())
                .put("heads", text.heads())
                .put("layers", text.layers())
                .put("mlp_ratio", ratio(text.mlpWidth(), text.width()));
        if (configuration.layerNormEpsilon() != LAYER_NORM_EPSILON) {
            imageNode.putObject("norm_kwargs").put("eps", configuration.layerNormEpsilon());
            textNode.putObject("norm_kwargs").put("eps", configuration.layerNormEpsilon());
        }
        return root;
    }

    /** The smallest ratio whose product with the width is cut to the MLP's width. */
    private static double ratio(int mlpWidth, int width) {
        double ratio = (double) mlpWidth / width;
        return (int) (width * ratio) == mlpWidth ? ratio : Math.nextUp(ratio);
    }

    private static double epsilon(JsonObject tower) {
        return tower.object("norm_kwargs")
                .map(norm -> {
                    requireSupported(norm, Set.of("eps"), Map.of());
                    return norm.number("eps", LAYER_NORM_EPSILON);
                })
                .orElse(LAYER_NORM_EPSILON);
    }

    private static void requireSupported(JsonObject object, Set<String> known, Map<String, String> neutral) {
        for (var key : object.keys()) {
            var value = object.value(key);
            if (!known.contains(key) && !isNothing(value) && !value.asString("").equals(neutral.get(key))) {
                throw new CheckpointException(object.source() + ": " + JsonObject.quoted(key) + ": "
                        + JsonObject.shortened(value)
                        + " isn't supported yet; CLIP's plain ViT and text towers are");
            }
        }
    }

    private static boolean isNothing(JsonNode value) {
        return value.isNull() || value.isBoolean() && !value.booleanValue() || value.isContainer() && value.isEmpty();
    }
}
