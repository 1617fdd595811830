package org.skiptuning.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.skiptuning.checkpoint.SafetensorsWriter;
import org.skiptuning.ffi.ElementType;
import org.skiptuning.ffi.NativeBuffer;
import org.skiptuning.ffi.TensorView;

/** A tiny CLIP with random weights, as an open_clip folder: 32 pixels, CLIP's vocabulary. */
final class TinyClip {
    static final int EMBEDDING = 24;
    static final int LAYERS = 4;

    private static final int IMAGE_WIDTH = 64;
    private static final int TEXT_WIDTH = 32;
    private static final int PATCH = 16;
    private static final int PATCHES = 4;
    private static final int CONTEXT = 77;
    private static final int VOCABULARY = 49408;

    private final int layers;
    private final SplittableRandom random;
    private final List<TensorView> tensors = new ArrayList<>();

    private TinyClip(int layers, long seed) {
        this.layers = layers;
        random = new SplittableRandom(seed);
    }

    /** With {@value #LAYERS} blocks a tower. */
    static Path write(Path folder, long seed) throws IOException {
        return write(folder, LAYERS, seed);
    }

    static Path write(Path folder, int layers, long seed) throws IOException {
        Files.createDirectories(folder);
        Files.writeString(folder.resolve("open_clip_config.json"), """
                {"model_cfg": {"embed_dim": %d, "quick_gelu": true,
                  "vision_cfg": {"image_size": 32, "layers": %d, "width": %d, "patch_size": %d, "head_width": 32},
                  "text_cfg": {"context_length": %d, "vocab_size": %d, "width": %d, "heads": 2, "layers": %d}},
                 "preprocess_cfg": {"mean": [0.5, 0.5, 0.5], "std": [0.25, 0.25, 0.25],
                  "interpolation": "bicubic", "resize_mode": "shortest"}}
                """.formatted(
                        EMBEDDING, layers, IMAGE_WIDTH, PATCH, CONTEXT, VOCABULARY, TEXT_WIDTH, layers));
        var clip = new TinyClip(layers, seed);
        clip.fill();
        SafetensorsWriter.write(folder.resolve("open_clip_model.safetensors"), clip.tensors, Map.of("format", "pt"));
        clip.tensors.forEach(tensor -> tensor.buffer().close());
        return folder;
    }

    private void fill() {
        normal("visual.class_embedding", 0.1, IMAGE_WIDTH);
        normal("visual.positional_embedding", 0.1, PATCHES + 1, IMAGE_WIDTH);
        normal("visual.conv1.weight", 0.05, IMAGE_WIDTH, 3, PATCH, PATCH);
        layerNorm("visual.ln_pre", IMAGE_WIDTH);
        blocks("visual.transformer.resblocks.", IMAGE_WIDTH);
        layerNorm("visual.ln_post", IMAGE_WIDTH);
        normal("visual.proj", 0.12, IMAGE_WIDTH, EMBEDDING);
        normal("token_embedding.weight", 0.2, VOCABULARY, TEXT_WIDTH);
        normal("positional_embedding", 0.1, CONTEXT, TEXT_WIDTH);
        blocks("transformer.resblocks.", TEXT_WIDTH);
        layerNorm("ln_final", TEXT_WIDTH);
        normal("text_projection", 0.18, TEXT_WIDTH, EMBEDDING);
        constant("logit_scale", 3.0f);
    }

    private void blocks(String prefix, int width) {
        for (int layer = 0; layer < layers; layer++) {
            String block = prefix + layer + ".";
            layerNorm(block + "ln_1", width);
            normal(block + "attn.in_proj_weight", 0.12, 3 * width, width);
            normal(block + "attn.in_proj_bias", 0.02, 3 * width);
            normal(block + "attn.out_proj.weight", 0.12, width, width);
            normal(block + "attn.out_proj.bias", 0.02, width);
            layerNorm(block + "ln_2", width);
            normal(block + "mlp.c_fc.weight", 0.12, 4 * width, width);
            normal(block + "mlp.c_fc.bias", 0.02, 4 * width);
            normal(block + "mlp.c_proj.weight", 0.06, width, 4 * width);
            normal(block + "mlp.c_proj.bias", 0.02, width);
        }
    }

    private void layerNorm(String name, int width) {
        constant(name + ".weight", 1.0f, width);
        constant(name + ".bias", 0.0f, width);
    }

    private void normal(String name, double deviation, long... shape) {
        var tensor = tensor(name, shape);
        for (long i = 0; i < tensor.elements(); i++) {
            tensor.buffer().putFloat(i * Float.BYTES, (float) (deviation * random.nextGaussian()));
        }
    }

    private void constant(String name, float value, long... shape) {
        var tensor = tensor(name, shape);
        for (long i = 0; i < tensor.elements(); i++) {
            tensor.buffer().putFloat(i * Float.BYTES, value);
        }
    }

    private TensorView tensor(String name, long... shape) {
        long elements = 1;
        for (long size : shape) {
            elements *= size;
        }
        var tensor =
                TensorView.contiguous(name, ElementType.FLOAT32, shape, NativeBuffer.allocate(elements * Float.BYTES));
        tensors.add(tensor);
        return tensor;
    }
}
