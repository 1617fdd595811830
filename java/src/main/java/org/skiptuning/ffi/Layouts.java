package org.skiptuning.ffi;

import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import java.util.List;

/** The structs of {@code skiptuning.h}, field by field. */
final class Layouts {
    static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT;
    static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG;
    static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT;
    static final ValueLayout.OfDouble DOUBLE = ValueLayout.JAVA_DOUBLE;
    static final ValueLayout.OfByte BYTE = ValueLayout.JAVA_BYTE;
    static final java.lang.foreign.AddressLayout ADDRESS = ValueLayout.ADDRESS;

    static final StructLayout TENSOR = struct(
            "st_tensor",
            INT.withName("struct_size"),
            INT.withName("dtype"),
            ADDRESS.withName("name"),
            ADDRESS.withName("data"),
            LONG.withName("bytes"),
            INT.withName("rank"),
            INT.withName("reserved"),
            MemoryLayout.sequenceLayout(TensorView.MAX_RANK, LONG).withName("shape"),
            MemoryLayout.sequenceLayout(TensorView.MAX_RANK, LONG).withName("strides"));

    static final StructLayout MEMORY = struct(
            "st_memory",
            INT.withName("struct_size"),
            INT.withName("reserved"),
            LONG.withName("allocated"),
            LONG.withName("peak"));

    static final StructLayout MODEL_SHAPE = struct(
            "st_model_shape",
            INT.withName("struct_size"),
            INT.withName("reserved"),
            LONG.withName("embed_dim"),
            LONG.withName("image_size"),
            LONG.withName("context_length"),
            LONG.withName("vocabulary"));

    static final StructLayout PICTURE = struct(
            "st_picture",
            INT.withName("struct_size"),
            INT.withName("width"),
            INT.withName("height"),
            INT.withName("flip"),
            ADDRESS.withName("rgb"),
            LONG.withName("row_bytes"),
            INT.withName("box_left"),
            INT.withName("box_top"),
            INT.withName("box_width"),
            INT.withName("box_height"),
            INT.withName("resized_width"),
            INT.withName("resized_height"),
            INT.withName("window_left"),
            INT.withName("window_top"),
            INT.withName("filter"),
            INT.withName("reserved"));

    static final StructLayout WARP = struct(
            "st_warp",
            INT.withName("struct_size"),
            INT.withName("width"),
            INT.withName("height"),
            INT.withName("greyscale"),
            ADDRESS.withName("rgb"),
            LONG.withName("row_bytes"),
            MemoryLayout.sequenceLayout(6, FLOAT).withName("map"),
            FLOAT.withName("brightness"),
            FLOAT.withName("contrast"),
            FLOAT.withName("saturation"),
            MemoryLayout.sequenceLayout(3, BYTE).withName("background"),
            BYTE.withName("reserved"));

    static final StructLayout STEP = struct(
            "st_step",
            INT.withName("struct_size"),
            INT.withName("reserved"),
            LONG.withName("step"),
            LONG.withName("batch"),
            ADDRESS.withName("image_rows"),
            ADDRESS.withName("labels"),
            DOUBLE.withName("text_learning_rate"),
            DOUBLE.withName("image_learning_rate"),
            DOUBLE.withName("loss"),
            ADDRESS.withName("kept_classes"),
            LONG.withName("kept_capacity"),
            LONG.withName("kept_count"));

    static final StructLayout CONTRASTIVE_STEP = struct(
            "st_contrastive_step",
            INT.withName("struct_size"),
            INT.withName("reserved"),
            LONG.withName("step"),
            LONG.withName("batch"),
            ADDRESS.withName("pixels"),
            ADDRESS.withName("tokens"),
            LONG.withName("length"),
            ADDRESS.withName("groups"),
            DOUBLE.withName("matrix_learning_rate"),
            DOUBLE.withName("other_learning_rate"),
            DOUBLE.withName("average_decay"),
            DOUBLE.withName("loss"));

    /** Every struct of the header. */
    static final List<StructLayout> ALL = List.of(TENSOR, MEMORY, MODEL_SHAPE, PICTURE, WARP, STEP, CONTRASTIVE_STEP);

    private Layouts() {}

    /** The place of a field, in bytes from the struct's start. */
    static long offset(StructLayout struct, String field) {
        return struct.byteOffset(PathElement.groupElement(field));
    }

    private static StructLayout struct(String name, MemoryLayout... fields) {
        return MemoryLayout.structLayout(fields).withName(name);
    }
}
