package org.skiptuning.checkpoint;

import java.util.Optional;
import org.skiptuning.ffi.ElementType;

/** The element types of the safetensors format, under the names they have there. */
enum ScalarType {
    BOOL(8),
    F4(4),
    F6_E2M3(6),
    F6_E3M2(6),
    U8(8, ElementType.UINT8),
    I8(8),
    F8_E5M2(8),
    F8_E4M3(8),
    F8_E8M0(8),
    F8_E4M3FNUZ(8),
    F8_E5M2FNUZ(8),
    I16(16),
    U16(16),
    F16(16, ElementType.FLOAT16),
    BF16(16, ElementType.BFLOAT16),
    I32(32, ElementType.INT32),
    U32(32),
    F32(32, ElementType.FLOAT32),
    C64(64),
    F64(64, ElementType.FLOAT64),
    I64(64, ElementType.INT64),
    U64(64);

    private final int bits;
    private final Optional<ElementType> elementType;

    ScalarType(int bits) {
        this.bits = bits;
        this.elementType = Optional.empty();
    }

    ScalarType(int bits, ElementType elementType) {
        this.bits = bits;
        this.elementType = Optional.of(elementType);
    }

    int bits() {
        return bits;
    }

    /** The type in native memory; empty for those that the core doesn't take. */
    Optional<ElementType> elementType() {
        return elementType;
    }

    static Optional<ScalarType> named(String name) {
        for (var type : values()) {
            if (type.name().equals(name)) {
                return Optional.of(type);
            }
        }
        return Optional.empty();
    }

    static ScalarType of(ElementType elementType) {
        for (var type : values()) {
            if (type.elementType.equals(Optional.of(elementType))) {
                return type;
            }
        }
        throw new IllegalArgumentException("safetensors has no type for " + elementType);
    }
}
