package org.skiptuning.ffi;

import java.util.Arrays;

/**
 * A named tensor in native memory, not a copy: element (i, j, ...) lies {@code i·strides[0] + j·strides[1] + ...}
 * elements after the start of {@code buffer}.
 *
 * @param shape the sizes, at most {@value #MAX_RANK}; empty for a scalar
 * @param strides one a size, in elements, none negative
 */
public record TensorView(String name, ElementType type, long[] shape, long[] strides, NativeBuffer buffer) {
    public static final int MAX_RANK = 6;

    /** @throws IllegalArgumentException if the shape overflows or reaches beyond the buffer; names the tensor */
    public TensorView {
        shape = shape.clone();
        strides = strides.clone();
        if (shape.length > MAX_RANK || shape.length != strides.length) {
            throw new IllegalArgumentException("The tensor " + name + " has " + shape.length + " sizes and "
                    + strides.length + " strides; at most " + MAX_RANK + " of each are possible");
        }
        if (bytesReached(shape, strides, type) > buffer.size()) {
            throw new IllegalArgumentException("The tensor " + name + " " + Arrays.toString(shape) + " of " + type
                    + " does not fit into its " + buffer.size() + " bytes");
        }
    }

    /** A tensor whose elements lie without gaps, the last index running fastest. */
    public static TensorView contiguous(String name, ElementType type, long[] shape, NativeBuffer buffer) {
        return new TensorView(name, type, shape, contiguousStrides(shape), buffer);
    }

    /** Strides, in elements, of a tensor without gaps. */
    public static long[] contiguousStrides(long[] shape) {
        var strides = new long[shape.length];
        long stride = 1;
        for (int axis = shape.length - 1; axis >= 0; axis--) {
            strides[axis] = stride;
            stride = saturatingProduct(stride, Math.max(1, shape[axis]));
        }
        return strides;
    }

    @Override
    public long[] shape() {
        return shape.clone();
    }

    @Override
    public long[] strides() {
        return strides.clone();
    }

    public long elements() {
        long count = 1;
        for (long size : shape) {
            count *= size;
        }
        return count;
    }

    /** Whether the elements lie without gaps, the last index running fastest. */
    public boolean isContiguous() {
        long expected = 1;
        for (int axis = shape.length - 1; axis >= 0; axis--) {
            if (shape[axis] != 1 && strides[axis] != expected) {
                return elements() == 0;
            }
            expected *= shape[axis];
        }
        return true;
    }

    @Override
    public String toString() {
        return name + " " + type + Arrays.toString(shape);
    }

    /** For positive factors; an overflow becomes a stride that no buffer reaches. */
    private static long saturatingProduct(long a, long b) {
        return a > Long.MAX_VALUE / b ? Long.MAX_VALUE : a * b;
    }

    private static long bytesReached(long[] shape, long[] strides, ElementType type) {
        try {
            long elements = 1;
            long last = 0;
            for (int axis = 0; axis < shape.length; axis++) {
                if (shape[axis] < 0 || strides[axis] < 0) {
                    return Long.MAX_VALUE;
                }
                elements = Math.multiplyExact(elements, shape[axis]);
                last = Math.addExact(last, Math.multiplyExact(Math.max(0, shape[axis] - 1), strides[axis]));
            }
            return elements == 0 ? 0 : Math.multiplyExact(Math.addExact(last, 1), type.bytes());
        } catch (ArithmeticException overflow) {
            return Long.MAX_VALUE;
        }
    }
}
