package org.skiptuning;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.skiptuning.checkpoint.SafetensorsWriter;
import org.skiptuning.ffi.ElementType;
import org.skiptuning.ffi.NativeBuffer;
import org.skiptuning.ffi.TensorView;

/** Random CLIPs of 4 + 3 small blocks as open_clip folders: big enough for CLIP's tokenizer, small enough for seconds. */
final class TinyClip {
    static final int IMAGE_LAYERS = 4;
    static final int TEXT_LAYERS = 3;
    static final int EMBEDDING = 16;
    static final int SIZE = 32;
    private static final int IMAGE_WIDTH = 32;
    private static final int TEXT_WIDTH = 32;
    private static final int PATCH = 8;
    private static final int CONTEXT = 12;
    private static final int VOCABULARY = 49408;

    private static final String CONFIGURATION_FILE = "open_clip_config.json";
    private static final String WEIGHTS_FILE = "open_clip_model.safetensors";
    private static final Map<Long, Path> MADE = new HashMap<>();

    private static final String CONFIGURATION = """
            {
             "model_cfg": {
              "embed_dim": %d,
              "quick_gelu": true,
              "vision_cfg": {"image_size": %d, "layers": %d, "width": %d, "patch_size": %d, "head_width": 16},
              "text_cfg": {"context_length": %d, "vocab_size": %d, "width": %d, "heads": 2, "layers": %d}
             },
             "preprocess_cfg": {
              "mean": [0.5, 0.5, 0.5], "std": [0.3, 0.3, 0.3], "interpolation": "bicubic", "resize_mode": "shortest"
             }
            }
            """;

    private final SplittableRandom random;
    private final Map<String, long[]> shapes = new LinkedHashMap<>();

    private TinyClip(long seed) {
        random = new SplittableRandom(seed);
    }

    /** Puts one into a new folder. */
    static Path write(Path folder, long seed) throws IOException {
        Files.createDirectories(folder);
        for (var name : List.of(CONFIGURATION_FILE, WEIGHTS_FILE)) {
            Files.copy(made(seed).resolve(name), folder.resolve(name));
        }
        return folder;
    }

    /** The folder of a seed's model, which is written once, because that takes a second. */
    private static synchronized Path made(long seed) throws IOException {
        var folder = MADE.get(seed);
        if (folder == null) {
            folder = Files.createTempDirectory("tiny-clip");
            make(folder, seed);
            MADE.put(seed, folder);
            for (var path : List.of(folder, folder.resolve(CONFIGURATION_FILE), folder.resolve(WEIGHTS_FILE))) {
                path.toFile().deleteOnExit();
            }
        }
        return folder;
    }

    private static void make(Path folder, long seed) throws IOException {
        Files.writeString(
                folder.resolve(CONFIGURATION_FILE),
                CONFIGURATION.formatted(
                        EMBEDDING,
                        SIZE,
                        IMAGE_LAYERS,
                        IMAGE_WIDTH,
                        PATCH,
                        CONTEXT,
                        VOCABULARY,
                        TEXT_WIDTH,
                        TEXT_LAYERS));
        new TinyClip(seed).writeWeights(folder.resolve(WEIGHTS_FILE));
    }

    private void writeWeights(Path file) {
        long tokens = (SIZE / PATCH) * (SIZE / PATCH) + 1;
        shape("visual.class_embedding", IMAGE_WIDTH);
        shape("visual.positional_embedding", tokens, IMAGE_WIDTH);
        shape("visual.conv1.weight", IMAGE_WIDTH, 3, PATCH, PATCH);
        norm("visual.ln_pre", IMAGE_WIDTH);
        blocks("visual.transformer", IMAGE_LAYERS, IMAGE_WIDTH);
        norm("visual.ln_post", IMAGE_WIDTH);
        shape("visual.proj", IMAGE_WIDTH, EMBEDDING);
        shape("token_embedding.weight", VOCABULARY, TEXT_WIDTH);
        shape("positional_embedding", CONTEXT, TEXT_WIDTH);
        blocks("transformer", TEXT_LAYERS, TEXT_WIDTH);
        norm("ln_final", TEXT_WIDTH);
        shape("text_projection", TEXT_WIDTH, EMBEDDING);
        shape("logit_scale");
        var tensors = new ArrayList<TensorView>();
        try {
            shapes.forEach((name, shape) -> tensors.add(tensor(name, shape)));
            SafetensorsWriter.write(file, tensors, Map.of());
        } finally {
            tensors.forEach(tensor -> tensor.buffer().close());
        }
    }

    private void shape(String name, long... shape) {
        shapes.put(name, shape);
    }

    private void norm(String name, long width) {
        shape(name + ".weight", width);
        shape(name + ".bias", width);
    }

    private void blocks(String tower, int layers, long width) {
        for (var layer = 0; layer < layers; layer++) {
            var block = tower + ".resblocks." + layer + ".";
            norm(block + "ln_1", width);
            shape(block + "attn.in_proj_weight", 3 * width, width);
            shape(block + "attn.in_proj_bias", 3 * width);
            shape(block + "attn.out_proj.weight", width, width);
            shape(block + "attn.out_proj.bias", width);
            norm(block + "ln_2", width);
            shape(block + "mlp.c_fc.weight", 4 * width, width);
            shape(block + "mlp.c_fc.bias", 4 * width);
            shape(block + "mlp.c_proj.weight", width, 4 * width);
            shape(block + "mlp.c_proj.bias", width);
        }
    }

    private TensorView tensor(String name, long[] shape) {
        var count = 1L;
        for (var size : shape) {
            count *= size;
        }
        var buffer = NativeBuffer.allocate(count * Float.BYTES);
        for (var i = 0L; i < count; i++) {
            buffer.putFloat(i * Float.BYTES, value(name));
        }
        return TensorView.contiguous(name, ElementType.FLOAT32, shape, buffer);
    }

    private float value(String name) {
        if (name.equals("logit_scale")) {
            return 2.6593f;
        }
        var noise = (float) random.nextGaussian();
        return name.matches(".*ln_\\w+\\.weight") ? 1 + 0.1f * noise : 0.15f * noise;
    }

    /** Names of the classes of {@link TinyPictures}. */
    static List<String> names(int count) {
        return List.of("red", "green", "blue", "yellow", "black", "white", "pink", "grey")
                .subList(0, count);
    }
}
