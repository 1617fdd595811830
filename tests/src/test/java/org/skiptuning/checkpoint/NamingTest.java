package org.skiptuning.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.skiptuning.CheckpointException;

class NamingTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "visual.layer1.0.conv1.weight  | ResNet image tower",
                "visual.attnpool.q_proj.weight | ResNet image tower",
                "visual.attn_pool.query        | CoCa",
                "text_decoder.ln_final.weight  | CoCa",
                "vision_model.head.probe       | SigLIP",
                "visual.trunk.blocks.0.norm1.weight | timm",
                "text.transformer.embeddings.word_embeddings.weight | text tower of Hugging Face",
                "logit_bias                    | sigmoid loss",
                "visual.transformer.resblocks.0.ls_1.gamma | layer scale",
                "text.cls_emb                  | appended class token",
                "visual_encoder.blocks.0.norm1.weight | BLIP",
            })
    void relativesAreNamedAndRefused(String tensor, String what) {
        var names = Set.of("visual.conv1.weight", "token_embedding.weight", tensor);
        assertThatThrownBy(() -> Naming.detect(names, "file"))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContainingAll("file", what, tensor, "isn't supported yet");
    }

    @Test
    void somethingElseIsRefusedWithItsNames() {
        assertThatThrownBy(() -> Naming.detect(Set.of("lm_head.weight"), "file"))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContaining("lm_head.weight");
        assertThatThrownBy(() -> Naming.detect(Set.of(), "file")).hasMessageContaining("no tensors");
    }

    @Test
    void huggingFaceNamesBecomeOpenAis() {
        assertThat(HuggingFaceNames.canonical("vision_model.encoder.layers.11.self_attn.q_proj.bias"))
                .contains("visual.transformer.resblocks.11.attn.q_proj.bias");
        assertThat(HuggingFaceNames.canonical("text_model.encoder.layers.0.mlp.fc2.weight"))
                .contains("transformer.resblocks.0.mlp.c_proj.weight");
        assertThat(HuggingFaceNames.canonical("vision_model.encoder.layers.1.layer_norm3.bias"))
                .isEmpty();
        assertThat(HuggingFaceNames.canonical("vision_model.pre_layernorm.bias"))
                .isEmpty();
    }
}
