package org.skiptuning.checkpoint;

import java.util.List;
import org.skiptuning.ffi.ElementType;
import org.skiptuning.ffi.NativeBuffer;
import org.skiptuning.ffi.TensorView;

/** fp32 tensors in other floating-point types, rounded to nearest, ties to even. */
final class ElementConversion {
    private ElementConversion() {}

    /** @param buffers receives the new memory, which the caller closes */
    static TensorView convert(TensorView tensor, ElementType type, List<NativeBuffer> buffers) {
        if (tensor.type() != ElementType.FLOAT32) {
            throw new IllegalArgumentException(
                    "Trained tensors are FLOAT32, not " + tensor.type() + ": " + tensor.name());
        }
        var target = NativeBuffer.allocate(tensor.elements() * type.bytes());
        buffers.add(target);
        Elements.forEach(
                tensor,
                (place, offset) -> put(target, type, place, tensor.buffer().getFloat(offset * Float.BYTES)));
        return TensorView.contiguous(tensor.name(), type, tensor.shape(), target);
    }

    private static void put(NativeBuffer target, ElementType type, long place, float value) {
        switch (type) {
            case FLOAT16 -> target.putShort(place * Short.BYTES, Float.floatToFloat16(value));
            case BFLOAT16 -> target.putShort(place * Short.BYTES, bfloat16(value));
            case FLOAT64 -> target.putDouble(place * Double.BYTES, value);
            default -> throw new IllegalArgumentException("Floats aren't saved as " + type);
        }
    }

    private static short bfloat16(float value) {
        int bits = Float.floatToRawIntBits(value);
        if (Float.isNaN(value)) {
            return (short) (bits >>> 16 | 0x40);
        }
        return (short) (bits + 0x7FFF + (bits >>> 16 & 1) >>> 16);
    }
}
