package org.skiptuning.pretrain;

import java.util.ArrayList;
import java.util.List;
import org.skiptuning.data.CounterRandom;
import org.skiptuning.data.Purpose;
import org.skiptuning.ffi.ElementType;
import org.skiptuning.ffi.NativeBuffer;
import org.skiptuning.ffi.TensorView;

/**
 * The weights that pre-training starts from: normal numbers with the deviations of CLIP's {@code initialize_parameters}
 * (openai/CLIP, clip/model.py), the same rule for both towers; LayerNorms one and zero, biases zero. Each tensor is a
 * function of the seed and its place in the list.
 */
final class InitialWeights implements AutoCloseable {
    private static final double TOKEN_DEVIATION = 0.02;
    private static final double POSITION_DEVIATION = 0.01;
    private static final double TEMPERATURE = 0.07;

    private final long seed;
    private final List<TensorView> tensors = new ArrayList<>();

    private InitialWeights(long seed) {
        this.seed = seed;
    }

    /** Drawn for a model of this shape. */
    static InitialWeights of(Recipe.Model model, int vocabulary, long seed) {
        var weights = new InitialWeights(seed);
        weights.addImageTower(model);
        weights.addTextTower(model, vocabulary);
        weights.constant("logit_scale", (float) Math.log(1 / TEMPERATURE));
        return weights;
    }

    /** All tensors of a CLIP by OpenAI's names; they die with this object. */
    List<TensorView> tensors() {
        return List.copyOf(tensors);
    }

    @Override
    public void close() {
        tensors.forEach(tensor -> tensor.buffer().close());
    }

    private void addImageTower(Recipe.Model model) {
        var width = model.imageWidth();
        var scale = Math.pow(width, -0.5);
        var side = model.imageSize() / model.patch();
        normal("visual.class_embedding", scale, width);
        normal("visual.positional_embedding", scale, side * side + 1, width);
        normal(
                "visual.conv1.weight",
                Math.pow(3.0 * model.patch() * model.patch(), -0.5),
                width,
                3,
                model.patch(),
                model.patch());
        layerNorm("visual.ln_pre", width);
        addBlocks("visual.transformer", model.imageLayers(), width);
        layerNorm("visual.ln_post", width);
        normal("visual.proj", scale, width, model.embedDim());
    }

    private void addTextTower(Recipe.Model model, int vocabulary) {
        var width = model.textWidth();
        normal("token_embedding.weight", TOKEN_DEVIATION, vocabulary, width);
        normal("positional_embedding", POSITION_DEVIATION, model.contextLength(), width);
        addBlocks("transformer", model.textLayers(), width);
        layerNorm("ln_final", width);
        normal("text_projection", Math.pow(width, -0.5), width, model.embedDim());
    }

    private void addBlocks(String tower, int layers, int width) {
        var attention = Math.pow(width, -0.5);
        var residual = attention * Math.pow(2.0 * layers, -0.5);
        var hidden = Math.pow(2.0 * width, -0.5);
        for (var layer = 0; layer < layers; layer++) {
            var block = tower + ".resblocks." + layer + ".";
            layerNorm(block + "ln_1", width);
            normal(block + "attn.in_proj_weight", attention, 3 * width, width);
            constant(block + "attn.in_proj_bias", 0, 3 * width);
            normal(block + "attn.out_proj.weight", residual, width, width);
            constant(block + "attn.out_proj.bias", 0, width);
            layerNorm(block + "ln_2", width);
            normal(block + "mlp.c_fc.weight", hidden, 4 * width, width);
            constant(block + "mlp.c_fc.bias", 0, 4 * width);
            normal(block + "mlp.c_proj.weight", residual, width, 4 * width);
            constant(block + "mlp.c_proj.bias", 0, width);
        }
    }

    private void layerNorm(String name, int width) {
        constant(name + ".weight", 1, width);
        constant(name + ".bias", 0, width);
    }

    private void constant(String name, float value, long... shape) {
        var values = new float[elements(shape)];
        java.util.Arrays.fill(values, value);
        add(name, values, shape);
    }

    /** Pairs of normal numbers by Box and Muller's transform. */
    private void normal(String name, double deviation, long... shape) {
        var values = new float[elements(shape)];
        var random = new CounterRandom(seed, Purpose.PRETRAIN_WEIGHTS, 0, tensors.size());
        for (var i = 0; i < values.length; i += 2) {
            var radius = deviation * StrictMath.sqrt(-2 * StrictMath.log(1 - random.nextDouble()));
            var angle = 2 * Math.PI * random.nextDouble();
            values[i] = (float) (radius * StrictMath.cos(angle));
            if (i + 1 < values.length) {
                values[i + 1] = (float) (radius * StrictMath.sin(angle));
            }
        }
        add(name, values, shape);
    }

    private void add(String name, float[] values, long... shape) {
        var buffer = NativeBuffer.allocate((long) values.length * Float.BYTES);
        buffer.putFloats(0, values, 0, values.length);
        tensors.add(TensorView.contiguous(name, ElementType.FLOAT32, shape, buffer));
    }

    private static int elements(long... shape) {
        var count = 1L;
        for (var size : shape) {
            count *= size;
        }
        return Math.toIntExact(count);
    }
}
