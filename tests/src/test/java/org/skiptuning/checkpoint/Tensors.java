package org.skiptuning.checkpoint;

import org.skiptuning.ffi.ElementType;
import org.skiptuning.ffi.NativeBuffer;
import org.skiptuning.ffi.TensorView;

/** Small tensors for tests; their memory is the collector's to free. */
final class Tensors {
    private static final NativeBuffer ARENA = NativeBuffer.allocate(1 << 22);
    private static long used;

    private Tensors() {}

    /** fp32 with the values start, start + 1, ... */
    static TensorView counting(String name, float start, long... shape) {
        long elements = 1;
        for (long size : shape) {
            elements *= size;
        }
        var buffer = take(elements * Float.BYTES);
        for (long index = 0; index < elements; index++) {
            buffer.putFloat(index * Float.BYTES, start + index);
        }
        return TensorView.contiguous(name, ElementType.FLOAT32, shape, buffer);
    }

    static TensorView zeros(String name, ElementType type, long... shape) {
        long bytes = type.bytes();
        for (long size : shape) {
            bytes *= size;
        }
        return TensorView.contiguous(name, type, shape, take(bytes));
    }

    static TensorView transposed(TensorView matrix) {
        long[] shape = matrix.shape();
        long[] strides = matrix.strides();
        return new TensorView(
                matrix.name(),
                matrix.type(),
                new long[] {shape[1], shape[0]},
                new long[] {strides[1], strides[0]},
                matrix.buffer());
    }

    static float[] values(TensorView tensor) {
        var values = new float[(int) tensor.elements()];
        Elements.forEach(
                tensor,
                (place, offset) -> values[(int) place] = switch (tensor.type()) {
                    case FLOAT32 -> tensor.buffer().getFloat(offset * 4);
                    case FLOAT64 -> (float) tensor.buffer().getDouble(offset * 8);
                    case FLOAT16 -> Float.float16ToFloat(tensor.buffer().getShort(offset * 2));
                    case BFLOAT16 -> Float.intBitsToFloat(tensor.buffer().getShort(offset * 2) << 16);
                    case INT64 -> tensor.buffer().getLong(offset * 8);
                    default -> throw new AssertionError(tensor.toString());
                });
        return values;
    }

    private static synchronized NativeBuffer take(long bytes) {
        var buffer = ARENA.slice(used, bytes);
        used += (bytes + 63) / 64 * 64;
        return buffer;
    }
}
