package org.skiptuning.ffi;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;
import java.lang.foreign.StructLayout;

/** One struct in native memory, its fields by name; {@code struct_size} is filled in. */
record Struct(StructLayout layout, MemorySegment segment) {
    static Struct allocate(StructLayout layout, SegmentAllocator allocator) {
        return at(layout, allocator.allocate(layout));
    }

    /** Structs one after the other, as C has them in an array. */
    static MemorySegment allocateArray(StructLayout layout, long count, SegmentAllocator allocator) {
        return allocator.allocate(layout, count);
    }

    static Struct at(StructLayout layout, MemorySegment array, long index) {
        return at(layout, array.asSlice(index * layout.byteSize(), layout.byteSize()));
    }

    private static Struct at(StructLayout layout, MemorySegment segment) {
        return new Struct(layout, segment).set("struct_size", (int) layout.byteSize());
    }

    Struct set(String field, int value) {
        segment.set(Layouts.INT, Layouts.offset(layout, field), value);
        return this;
    }

    Struct set(String field, long value) {
        segment.set(Layouts.LONG, Layouts.offset(layout, field), value);
        return this;
    }

    Struct set(String field, float value) {
        segment.set(Layouts.FLOAT, Layouts.offset(layout, field), value);
        return this;
    }

    Struct set(String field, double value) {
        segment.set(Layouts.DOUBLE, Layouts.offset(layout, field), value);
        return this;
    }

    Struct set(String field, MemorySegment value) {
        segment.set(Layouts.ADDRESS, Layouts.offset(layout, field), value);
        return this;
    }

    Struct set(String field, long[] values) {
        MemorySegment.copy(values, 0, segment, Layouts.LONG, Layouts.offset(layout, field), values.length);
        return this;
    }

    Struct set(String field, float[] values) {
        MemorySegment.copy(values, 0, segment, Layouts.FLOAT, Layouts.offset(layout, field), values.length);
        return this;
    }

    Struct set(String field, byte[] values) {
        MemorySegment.copy(values, 0, segment, Layouts.BYTE, Layouts.offset(layout, field), values.length);
        return this;
    }

    int getInt(String field) {
        return segment.get(Layouts.INT, Layouts.offset(layout, field));
    }

    long getLong(String field) {
        return segment.get(Layouts.LONG, Layouts.offset(layout, field));
    }

    double getDouble(String field) {
        return segment.get(Layouts.DOUBLE, Layouts.offset(layout, field));
    }

    MemorySegment getAddress(String field) {
        return segment.get(Layouts.ADDRESS, Layouts.offset(layout, field));
    }

    long[] getLongs(String field, int count) {
        return segment.asSlice(Layouts.offset(layout, field), count * Layouts.LONG.byteSize())
                .toArray(Layouts.LONG);
    }
}
