package org.skiptuning.ffi;

/** The type of a tensor's elements. */
public enum ElementType {
    FLOAT32(0, 4),
    FLOAT16(1, 2),
    BFLOAT16(2, 2),
    INT64(3, 8),
    UINT8(4, 1),
    FLOAT64(5, 8),
    INT32(6, 4);

    private final int code;
    private final int bytes;

    ElementType(int code, int bytes) {
        this.code = code;
        this.bytes = bytes;
    }

    /** The bytes of one element. */
    public int bytes() {
        return bytes;
    }

    /** {@code st_dtype} of the C ABI. */
    int code() {
        return code;
    }

    static ElementType ofCode(int code) {
        for (var type : values()) {
            if (type.code == code) {
                return type;
            }
        }
        throw new IllegalArgumentException("The native core names an element type " + code + " that is unknown here");
    }
}
