package org.skiptuning.ffi;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;

/** A CLIP of two blocks a tower with made-up weights, for tests of the boundary and not of the computation. */
final class TinyClip {
    static final int EMBED = 8;
    static final int IMAGE = 8;
    static final int CONTEXT = 6;
    static final int VOCABULARY = 20;
    static final int LAYERS = 2;
    static final String CONFIGURATION = """
            {"embed_dim":8,"activation":"quick_gelu","layer_norm_epsilon":1e-5,"end_of_text":-1,
             "image":{"size":8,"patch":4,"layers":2,"width":16,"heads":2,"mlp_width":32},
             "text":{"context":6,"vocabulary":20,"layers":2,"width":12,"heads":3,"mlp_width":24}}
            """;

    private TinyClip() {}

    static NativeContext context() {
        return NativeContext.create("cpu", 1);
    }

    static NativeModel model(NativeContext context) {
        try (var weights = weights()) {
            return NativeModel.create(context, CONFIGURATION, weights.tensors());
        }
    }

    static NativeCache cache(NativeModel model, int images, int texts) {
        return NativeCache.create(model, cacheOptions(images, texts));
    }

    static String cacheOptions(int images, int texts) {
        return "{\"images\":" + images + ",\"texts\":" + texts + ",\"image_start\":1,\"text_start\":1}";
    }

    /** A cache with its images and texts, all of them different. */
    static NativeCache filledCache(NativeModel model, int images, int texts) {
        var cache = cache(model, images, texts);
        try (var pixels = pixels(images);
                var tokens = tokens(texts)) {
            cache.putImages(0, pixels, images);
            cache.putTexts(tokens, texts, CONTEXT, LongBinaryProgress.IGNORED);
        }
        return cache;
    }

    /** [count, 3, IMAGE, IMAGE] fp32 */
    static NativeBuffer pixels(int count) {
        var random = new SplittableRandom(count);
        var buffer = NativeBuffer.allocate(4L * count * 3 * IMAGE * IMAGE);
        for (long offset = 0; offset < buffer.size(); offset += 4) {
            buffer.putFloat(offset, random.nextFloat() * 2 - 1);
        }
        return buffer;
    }

    /** [count, CONTEXT] int64: start, one or two words, end, zeros. */
    static NativeBuffer tokens(int count) {
        var buffer = NativeBuffer.allocate(8L * count * CONTEXT);
        for (int text = 0; text < count; text++) {
            long[] ids = {VOCABULARY - 2, 1 + text % 17, VOCABULARY - 1, 0, 0, 0};
            buffer.putLongs(8L * text * CONTEXT, ids, 0, CONTEXT);
        }
        return buffer;
    }

    /** The weights in one buffer. */
    record Weights(NativeBuffer buffer, List<TensorView> tensors) implements AutoCloseable {
        @Override
        public void close() {
            buffer.close();
        }
    }

    static Weights weights() {
        var shapes = shapes();
        long bytes = shapes.values().stream().mapToLong(TinyClip::bytes).sum();
        var buffer = NativeBuffer.allocate(bytes);
        var random = new SplittableRandom(1);
        var tensors = new ArrayList<TensorView>();
        long offset = 0;
        for (var entry : shapes.entrySet()) {
            long length = bytes(entry.getValue());
            var view = buffer.slice(offset, length);
            boolean norm = entry.getKey().matches(".*ln_\\w+\\.weight");
            for (long place = 0; place < length; place += 4) {
                view.putFloat(place, norm ? 1f : (random.nextFloat() - 0.5f) * 0.5f);
            }
            tensors.add(TensorView.contiguous(entry.getKey(), ElementType.FLOAT32, entry.getValue(), view));
            offset += length;
        }
        return new Weights(buffer, tensors);
    }

    static Map<String, long[]> shapes() {
        var shapes = new TreeMap<String, long[]>();
        shapes.put("visual.conv1.weight", new long[] {16, 3, 4, 4});
        shapes.put("visual.class_embedding", new long[] {16});
        shapes.put("visual.positional_embedding", new long[] {5, 16});
        shapes.put("visual.ln_pre.weight", new long[] {16});
        shapes.put("visual.ln_pre.bias", new long[] {16});
        shapes.put("visual.ln_post.weight", new long[] {16});
        shapes.put("visual.ln_post.bias", new long[] {16});
        shapes.put("visual.proj", new long[] {16, EMBED});
        shapes.put("token_embedding.weight", new long[] {VOCABULARY, 12});
        shapes.put("positional_embedding", new long[] {CONTEXT, 12});
        shapes.put("ln_final.weight", new long[] {12});
        shapes.put("ln_final.bias", new long[] {12});
        shapes.put("text_projection", new long[] {12, EMBED});
        shapes.put("logit_scale", new long[] {});
        for (int layer = 0; layer < LAYERS; layer++) {
            block(shapes, "visual.transformer.resblocks." + layer + ".", 16);
            block(shapes, "transformer.resblocks." + layer + ".", 12);
        }
        return shapes;
    }

    private static void block(Map<String, long[]> shapes, String prefix, long width) {
        shapes.put(prefix + "attn.in_proj_weight", new long[] {3 * width, width});
        shapes.put(prefix + "attn.in_proj_bias", new long[] {3 * width});
        shapes.put(prefix + "attn.out_proj.weight", new long[] {width, width});
        shapes.put(prefix + "attn.out_proj.bias", new long[] {width});
        shapes.put(prefix + "mlp.c_fc.weight", new long[] {2 * width, width});
        shapes.put(prefix + "mlp.c_fc.bias", new long[] {2 * width});
        shapes.put(prefix + "mlp.c_proj.weight", new long[] {width, 2 * width});
        shapes.put(prefix + "mlp.c_proj.bias", new long[] {width});
        for (var norm : List.of("ln_1", "ln_2")) {
            shapes.put(prefix + norm + ".weight", new long[] {width});
            shapes.put(prefix + norm + ".bias", new long[] {width});
        }
    }

    private static long bytes(long[] shape) {
        long bytes = 4;
        for (long size : shape) {
            bytes *= size;
        }
        return bytes;
    }
}
