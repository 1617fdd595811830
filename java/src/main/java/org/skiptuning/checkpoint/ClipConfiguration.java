package org.skiptuning.checkpoint;

import java.util.Map;

/**
 * The shape of a CLIP: two transformer towers with class token and causal mask, as OpenAI's ViT models.
 *
 * @param embedDim length of the features
 * @param endOfText id whose first place is pooled; −1: the place of the largest id, OpenAI's rule
 */
public record ClipConfiguration(
        int embedDim, Activation activation, double layerNormEpsilon, int endOfText, ImageTower image, TextTower text) {
    /** More than any CLIP has, so that a hostile configuration cannot ask for endless work. */
    private static final int MAX_LAYERS = 1024;

    private static final int MAX_WIDTH = 1 << 17;

    /**
     * The image tower.
     *
     * @param size pixels of a side
     * @param patch pixels of a patch's side
     * @param mlpWidth width between the two linear layers of a block
     */
    public record ImageTower(int size, int patch, int layers, int width, int heads, int mlpWidth) {
        /** @throws IllegalArgumentException if a size is out of its range or the heads don't divide the width */
        public ImageTower {
            requireRange("The image size", size, 1 << 14);
            requireRange("The patch size", patch, size);
            requireTower("The image tower", layers, width, heads, mlpWidth);
        }

        /** Patches and the class token. */
        public int tokens() {
            return (size / patch) * (size / patch) + 1;
        }
    }

    /**
     * The text tower.
     *
     * @param context tokens of a text, start and end among them
     * @param vocabulary rows of the token embedding
     * @param mlpWidth width between the two linear layers of a block
     */
    public record TextTower(int context, int vocabulary, int layers, int width, int heads, int mlpWidth) {
        /** @throws IllegalArgumentException if a size is out of its range or the heads don't divide the width */
        public TextTower {
            requireRange("The context", context, 1 << 16);
            requireRange("The vocabulary", vocabulary, 1 << 24);
            requireTower("The text tower", layers, width, heads, mlpWidth);
        }
    }

    /** @throws IllegalArgumentException if a size is out of its range */
    public ClipConfiguration {
        requireRange("The feature length", embedDim, MAX_WIDTH);
        if (!(layerNormEpsilon > 0 && layerNormEpsilon < 1)) {
            throw new IllegalArgumentException("A LayerNorm epsilon of " + layerNormEpsilon + " isn't between 0 and 1");
        }
        if (endOfText < -1 || endOfText >= text.vocabulary()) {
            throw new IllegalArgumentException(
                    "End-of-text " + endOfText + " isn't in the vocabulary of " + text.vocabulary());
        }
    }

    /**
     * A published shape, such as {@code ViT-B-16}.
     *
     * @throws org.skiptuning.CheckpointException if there is none of that name; lists the names
     */
    public static ClipConfiguration named(String name) {
        return ConfigurationTemplates.named(name);
    }

    /** The tensors of such a model by OpenAI's names, in their order there, with their shapes. */
    public Map<String, long[]> tensorShapes() {
        return ExpectedTensors.of(this, false);
    }

    /** The JSON that the native core reads; see native/src/clip/configuration.h. */
    public String toNativeJson() {
        var root = Json.MAPPER.createObjectNode();
        root.put("embed_dim", embedDim);
        root.put("activation", activation.text());
        root.put("layer_norm_epsilon", layerNormEpsilon);
        root.put("end_of_text", endOfText);
        root.putObject("image")
                .put("size", image.size())
                .put("patch", image.patch())
                .put("layers", image.layers())
                .put("width", image.width())
                .put("heads", image.heads())
                .put("mlp_width", image.mlpWidth());
        root.putObject("text")
                .put("context", text.context())
                .put("vocabulary", text.vocabulary())
                .put("layers", text.layers())
                .put("width", text.width())
                .put("heads", text.heads())
                .put("mlp_width", text.mlpWidth());
        return root.toString();
    }

    private static void requireTower(String what, int layers, int width, int heads, int mlpWidth) {
        requireRange(what + "'s number of layers", layers, MAX_LAYERS);
        requireRange(what + "'s width", width, MAX_WIDTH);
        requireRange(what + "'s number of heads", heads, width);
        requireRange(what + "'s MLP width", mlpWidth, MAX_WIDTH);
        if (width % heads != 0) {
            throw new IllegalArgumentException(what + "'s " + heads + " heads don't divide its width of " + width);
        }
    }

    private static void requireRange(String what, int value, int largest) {
        if (value < 1 || value > largest) {
            throw new IllegalArgumentException(what + " is " + value + ", not between 1 and " + largest);
        }
    }
}
