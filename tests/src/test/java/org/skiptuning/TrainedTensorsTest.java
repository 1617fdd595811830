package org.skiptuning;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TrainedTensorsTest {
    private final TrainedTensors trained = new TrainedTensors(9, 2);

    @Test
    void blocksFromTheStartLayersOnAndWhatFollowsThem() {
        assertThat(trained.contains("visual.transformer.resblocks.9.ln_1.weight"))
                .isTrue();
        assertThat(trained.contains("visual.transformer.resblocks.10.attn.in_proj_weight"))
                .isTrue();
        assertThat(trained.contains("transformer.resblocks.2.mlp.c_fc.bias")).isTrue();
        assertThat(trained.contains("visual.ln_post.bias")).isTrue();
        assertThat(trained.contains("visual.proj")).isTrue();
        assertThat(trained.contains("ln_final.weight")).isTrue();
        assertThat(trained.contains("text_projection")).isTrue();
    }

    @Test
    void nothingBeforeThemAndNotTheScale() {
        assertThat(trained.contains("visual.transformer.resblocks.8.ln_1.weight"))
                .isFalse();
        assertThat(trained.contains("transformer.resblocks.1.mlp.c_fc.bias")).isFalse();
        assertThat(trained.contains("visual.conv1.weight")).isFalse();
        assertThat(trained.contains("visual.ln_pre.weight")).isFalse();
        assertThat(trained.contains("token_embedding.weight")).isFalse();
        assertThat(trained.contains("logit_scale")).isFalse();
    }

    @Test
    void noneMeansNone() {
        assertThat(TrainedTensors.none().contains("visual.proj")).isFalse();
        assertThat(TrainedTensors.none().contains("transformer.resblocks.11.ln_1.weight"))
                .isFalse();
    }
}
