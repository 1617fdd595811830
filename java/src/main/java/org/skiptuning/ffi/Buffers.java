package org.skiptuning.ffi;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;

/** Buffers that a downcall reads or writes, kept until it returns. */
record Buffers(List<NativeBuffer> buffers, Handle.Hold held) implements AutoCloseable {
    static Buffers hold(NativeBuffer... buffers) {
        var list = List.of(buffers);
        return new Buffers(
                list, Handle.Hold.of(list.stream().map(NativeBuffer::lifetime).toList()));
    }

    MemorySegment segment(int index) {
        return buffers.get(index).heldSegment();
    }

    @Override
    public void close() {
        held.close();
    }

    /** Throws unless {@code buffer} has room for a dense array of this shape. */
    static void require(String what, NativeBuffer buffer, int elementBytes, long... shape) {
        long bytes = elementBytes;
        for (long size : shape) {
            if (size < 0) {
                throw new IllegalArgumentException("A negative size in " + what + " " + Arrays.toString(shape));
            }
            bytes = size != 0 && bytes > Long.MAX_VALUE / size ? Long.MAX_VALUE : bytes * size;
        }
        if (buffer.size() < bytes) {
            throw new IllegalArgumentException("The buffer of the " + what + " has " + buffer.size() + " bytes; "
                    + Arrays.toString(shape) + " needs " + bytes);
        }
    }
}
