package org.skiptuning.checkpoint;

import java.util.Map;
import java.util.regex.Pattern;
import org.skiptuning.CheckpointException;
import org.skiptuning.ffi.TensorView;

/**
 * The configuration of one of OpenAI's own models from its tensors' shapes, after {@code build_model} of
 * openai/CLIP:clip/model.py: heads of 64, quick GELU, MLPs four times as wide.
 */
final class OpenAiShapes {
    private static final int HEAD_WIDTH = 64;

    private final Map<String, TensorView> tensors;
    private final String source;

    private OpenAiShapes(Map<String, TensorView> tensors, String source) {
        this.tensors = tensors;
        this.source = source;
    }

    static ClipConfiguration configuration(Map<String, TensorView> tensors, String source) {
        return new OpenAiShapes(tensors, source).configuration();
    }

    private ClipConfiguration configuration() {
        int imageWidth = size("visual.conv1.weight", 4, 0);
        int patch = size("visual.conv1.weight", 4, 3);
        int grid = (int) Math.round(Math.sqrt(size("visual.positional_embedding", 2, 0) - 1.0));
        int textWidth = size("ln_final.weight", 1, 0);
        try {
            return new ClipConfiguration(
                    size("text_projection", 2, 1),
                    Activation.QUICK_GELU,
                    1e-5,
                    -1,
                    new ClipConfiguration.ImageTower(
                            Math.multiplyExact(patch, grid),
                            patch,
                            layers("visual.transformer"),
                            imageWidth,
                            imageWidth / HEAD_WIDTH,
                            size("visual.transformer.resblocks.0.mlp.c_fc.weight", 2, 0)),
                    new ClipConfiguration.TextTower(
                            size("positional_embedding", 2, 0),
                            size("token_embedding.weight", 2, 0),
                            layers("transformer"),
                            textWidth,
                            textWidth / HEAD_WIDTH,
                            size("transformer.resblocks.0.mlp.c_fc.weight", 2, 0)));
        } catch (IllegalArgumentException | ArithmeticException invalid) {
            throw new CheckpointException(source + " isn't one of OpenAI's models: " + invalid.getMessage(), invalid);
        }
    }

    private int layers(String tower) {
        var pattern = Pattern.compile(Pattern.quote(tower) + "\\.resblocks\\.\\d+\\.attn\\.in_proj_weight");
        return (int) tensors.keySet().stream()
                .filter(name -> pattern.matcher(name).matches())
                .count();
    }

    private int size(String name, int rank, int axis) {
        var tensor = tensors.get(name);
        if (tensor == null || tensor.shape().length != rank) {
            throw new CheckpointException(source + " isn't one of OpenAI's ViT models: tensor " + name
                    + (tensor == null ? " is missing" : " has " + tensor.shape().length + " axes, not " + rank));
        }
        return (int) Math.min(tensor.shape()[axis], Integer.MAX_VALUE);
    }
}
