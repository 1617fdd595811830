package org.skiptuning.ffi;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/** Tensor views to and from {@code st_tensor}. */
final class Tensors {
    private Tensors() {}

    /** Writes how many there are. */
    interface Count {
        int run(MemorySegment handle, MemorySegment target) throws Throwable;
    }

    /** Describes one. */
    interface At {
        int run(MemorySegment handle, long index, MemorySegment target) throws Throwable;
    }

    /** Copies one that isn't in host memory. */
    interface Read {
        int run(MemorySegment handle, long index, MemorySegment name, int type, MemorySegment data, long bytes)
                throws Throwable;
    }

    /** An array of {@code st_tensor}. The buffers' lifetimes are the caller's to hold. */
    static MemorySegment describe(List<TensorView> tensors, Arena arena) {
        var array = Struct.allocateArray(Layouts.TENSOR, tensors.size(), arena);
        for (int index = 0; index < tensors.size(); index++) {
            var tensor = tensors.get(index);
            Struct.at(Layouts.TENSOR, array, index)
                    .set("dtype", tensor.type().code())
                    .set("name", arena.allocateFrom(tensor.name()))
                    .set("data", tensor.buffer().segment())
                    .set("bytes", tensor.buffer().size())
                    .set("rank", tensor.shape().length)
                    .set("shape", tensor.shape())
                    .set("strides", tensor.strides());
        }
        return array;
    }

    static List<Lifetime> lifetimes(List<TensorView> tensors) {
        return tensors.stream().map(tensor -> tensor.buffer().lifetime()).toList();
    }

    /** Views of all tensors of a handle; copies of those that aren't in host memory. */
    static List<TensorView> list(Handle handle, Count count, At at, Read read) {
        try (var arena = Arena.ofConfined();
                var held = Handle.Hold.of(List.of(handle.lifetime()))) {
            var number = arena.allocate(Layouts.LONG);
            handle.call(pointer -> count.run(pointer, number));
            var tensors = new ArrayList<TensorView>();
            var struct = Struct.allocate(Layouts.TENSOR, arena);
            for (long index = 0; index < number.get(Layouts.LONG, 0); index++) {
                tensors.add(view(handle, index, struct, at, read));
            }
            return List.copyOf(tensors);
        }
    }

    private static TensorView view(Handle handle, long index, Struct struct, At at, Read read) {
        handle.call(pointer -> at.run(pointer, index, struct.segment()));
        var type = ElementType.ofCode(struct.getInt("dtype"));
        var name = Abi.string(struct.getAddress("name"));
        int rank = struct.getInt("rank");
        long[] shape = struct.getLongs("shape", rank);
        var data = struct.getAddress("data");
        if (data.address() != 0) {
            var buffer = handle.view(data, struct.getLong("bytes"));
            return new TensorView(name, type, shape, struct.getLongs("strides", rank), buffer);
        }
        long bytes = type.bytes();
        for (long size : shape) {
            bytes *= size;
        }
        var copy = NativeBuffer.collected(bytes);
        long length = bytes;
        handle.call(
                pointer -> read.run(pointer, index, struct.getAddress("name"), type.code(), copy.segment(), length));
        return TensorView.contiguous(name, type, shape, copy);
    }
}
