package org.skiptuning.checkpoint;

import java.util.LinkedHashMap;
import java.util.Map;

/** The tensors of a CLIP under their canonical names, with their shapes. */
final class ExpectedTensors {
    private final Map<String, long[]> shapes = new LinkedHashMap<>();
    private final boolean splitAttention;

    private ExpectedTensors(boolean splitAttention) {
        this.splitAttention = splitAttention;
    }

    /** @param splitAttention whether query, key and value are tensors of their own */
    static Map<String, long[]> of(ClipConfiguration configuration, boolean splitAttention) {
        var expected = new ExpectedTensors(splitAttention);
        expected.addImageTower(configuration);
        expected.addTextTower(configuration);
        expected.add("logit_scale");
        return expected.shapes;
    }

    private void addImageTower(ClipConfiguration configuration) {
        var tower = configuration.image();
        add("visual.class_embedding", tower.width());
        add("visual.positional_embedding", tower.tokens(), tower.width());
        add("visual.conv1.weight", tower.width(), 3, tower.patch(), tower.patch());
        addLayerNorm("visual.ln_pre", tower.width());
        addBlocks("visual.transformer", tower.layers(), tower.width(), tower.mlpWidth());
        addLayerNorm("visual.ln_post", tower.width());
        add("visual.proj", tower.width(), configuration.embedDim());
    }

    private void addTextTower(ClipConfiguration configuration) {
        var tower = configuration.text();
        add("token_embedding.weight", tower.vocabulary(), tower.width());
        add("positional_embedding", tower.context(), tower.width());
        addBlocks("transformer", tower.layers(), tower.width(), tower.mlpWidth());
        addLayerNorm("ln_final", tower.width());
        add("text_projection", tower.width(), configuration.embedDim());
    }

    private void addBlocks(String tower, int layers, int width, int mlpWidth) {
        for (int layer = 0; layer < layers; layer++) {
            var block = tower + ".resblocks." + layer;
            addLayerNorm(block + ".ln_1", width);
            addLayerNorm(block + ".ln_2", width);
            if (splitAttention) {
                addLinear(block + ".attn.q_proj", width, width);
                addLinear(block + ".attn.k_proj", width, width);
                addLinear(block + ".attn.v_proj", width, width);
            } else {
                add(block + ".attn.in_proj_weight", 3L * width, width);
                add(block + ".attn.in_proj_bias", 3L * width);
            }
            addLinear(block + ".attn.out_proj", width, width);
            addLinear(block + ".mlp.c_fc", mlpWidth, width);
            addLinear(block + ".mlp.c_proj", width, mlpWidth);
        }
    }

    private void addLinear(String name, long outputs, long inputs) {
        add(name + ".weight", outputs, inputs);
        add(name + ".bias", outputs);
    }

    private void addLayerNorm(String name, long width) {
        add(name + ".weight", width);
        add(name + ".bias", width);
    }

    private void add(String name, long... shape) {
        shapes.put(name, shape);
    }
}
