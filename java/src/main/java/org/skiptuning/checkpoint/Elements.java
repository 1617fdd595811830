package org.skiptuning.checkpoint;

import org.skiptuning.ffi.TensorView;

/** Walks a tensor of any strides in the order of a contiguous one. */
final class Elements {
    private Elements() {}

    /** @param <E> what the visitor may throw */
    @FunctionalInterface
    interface Visitor<E extends Exception> {
        /**
         * @param place the element's number in a contiguous tensor
         * @param offset where it is, in elements from the start of the buffer
         */
        void visit(long place, long offset) throws E;
    }

    static <E extends Exception> void forEach(TensorView tensor, Visitor<E> visitor) throws E {
        long[] shape = tensor.shape();
        long[] strides = tensor.strides();
        var index = new long[shape.length];
        long offset = 0;
        long count = tensor.elements();
        for (long place = 0; place < count; place++) {
            visitor.visit(place, offset);
            for (int axis = shape.length - 1; axis >= 0; axis--) {
                offset += strides[axis];
                if (++index[axis] < shape[axis]) {
                    break;
                }
                offset -= strides[axis] * shape[axis];
                index[axis] = 0;
            }
        }
    }
}
