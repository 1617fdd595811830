package org.skiptuning.checkpoint;

import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/** Names of Hugging Face's CLIPModel in OpenAI's terms. */
final class HuggingFaceNames {
    private static final Map<String, String> SINGLE = Map.ofEntries(
            Map.entry("logit_scale", "logit_scale"),
            Map.entry("visual_projection.weight", "visual.proj"),
            Map.entry("text_projection.weight", "text_projection"),
            Map.entry("vision_model.embeddings.class_embedding", "visual.class_embedding"),
            Map.entry("vision_model.embeddings.patch_embedding.weight", "visual.conv1.weight"),
            Map.entry("vision_model.embeddings.position_embedding.weight", "visual.positional_embedding"),
            // The missing letter is in the published checkpoints.
            Map.entry("vision_model.pre_layrnorm.weight", "visual.ln_pre.weight"),
            Map.entry("vision_model.pre_layrnorm.bias", "visual.ln_pre.bias"),
            Map.entry("vision_model.post_layernorm.weight", "visual.ln_post.weight"),
            Map.entry("vision_model.post_layernorm.bias", "visual.ln_post.bias"),
            Map.entry("text_model.embeddings.token_embedding.weight", "token_embedding.weight"),
            Map.entry("text_model.embeddings.position_embedding.weight", "positional_embedding"),
            Map.entry("text_model.final_layer_norm.weight", "ln_final.weight"),
            Map.entry("text_model.final_layer_norm.bias", "ln_final.bias"));

    private static final Map<String, String> IN_BLOCK = Map.of(
            "self_attn.q_proj", "attn.q_proj",
            "self_attn.k_proj", "attn.k_proj",
            "self_attn.v_proj", "attn.v_proj",
            "self_attn.out_proj", "attn.out_proj",
            "mlp.fc1", "mlp.c_fc",
            "mlp.fc2", "mlp.c_proj",
            "layer_norm1", "ln_1",
            "layer_norm2", "ln_2");

    private static final Pattern BLOCK =
            Pattern.compile("(vision|text)_model\\.encoder\\.layers\\.(\\d{1,6})\\.(.+)\\.(weight|bias)");

    private HuggingFaceNames() {}

    static Optional<String> canonical(String name) {
        var block = BLOCK.matcher(name);
        if (!block.matches()) {
            return Optional.ofNullable(SINGLE.get(name));
        }
        var tower = block.group(1).equals("vision") ? "visual.transformer" : "transformer";
        return Optional.ofNullable(IN_BLOCK.get(block.group(3)))
                .map(part -> tower + ".resblocks." + block.group(2) + "." + part + "." + block.group(4));
    }
}
