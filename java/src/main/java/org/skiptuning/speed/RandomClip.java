package org.skiptuning.speed;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.skiptuning.checkpoint.ClipConfiguration;
import org.skiptuning.ffi.ElementType;
import org.skiptuning.ffi.NativeBuffer;
import org.skiptuning.ffi.TensorView;

/**
 * Weights of no meaning but of the right size: a step takes the same time on them. Uniform around zero with CLIP's usual
 * deviation, LayerNorms one and zero, the temperature CLIP's bound of 100.
 */
final class RandomClip implements AutoCloseable {
    private static final double BOUND = 0.02 * Math.sqrt(3);
    private static final int WRITTEN_AT_ONCE = 1 << 16;

    private final List<TensorView> tensors = new ArrayList<>();

    RandomClip(ClipConfiguration configuration, long seed) {
        try {
            for (Map.Entry<String, long[]> tensor : configuration.tensorShapes().entrySet()) {
                StepBenchmark.requireGoingOn();
                add(tensor.getKey(), tensor.getValue(), new SplittableRandom(seed + tensors.size()));
            }
        } catch (Throwable failure) {
            close();
            throw failure;
        }
    }

    /** By OpenAI's names; they die with this object. */
    List<TensorView> tensors() {
        return List.copyOf(tensors);
    }

    private void add(String name, long[] shape, SplittableRandom random) {
        var elements = 1L;
        for (var size : shape) {
            elements *= size;
        }
        var buffer = NativeBuffer.allocate(elements * Float.BYTES);
        tensors.add(TensorView.contiguous(name, ElementType.FLOAT32, shape, buffer));
        var values = new float[(int) Math.min(elements, WRITTEN_AT_ONCE)];
        for (var first = 0L; first < elements; first += values.length) {
            var count = (int) Math.min(values.length, elements - first);
            for (var i = 0; i < count; i++) {
                values[i] = value(name, random);
            }
            buffer.putFloats(first * Float.BYTES, values, 0, count);
        }
    }

    private static float value(String name, SplittableRandom random) {
        if (name.equals("logit_scale")) {
            return (float) Math.log(100);
        }
        if (name.contains("ln_")) {
            return name.endsWith("weight") ? 1 : 0;
        }
        return (float) ((2 * random.nextDouble() - 1) * BOUND);
    }

    @Override
    public void close() {
        tensors.forEach(tensor -> tensor.buffer().close());
    }
}
