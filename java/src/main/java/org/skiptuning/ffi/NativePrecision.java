package org.skiptuning.ffi;

/** The precision of a computation; weights that train keep fp32 masters. */
public enum NativePrecision {
    FP32(0, "fp32"),
    BF16(1, "bf16"),
    FP16(2, "fp16");

    private final int code;
    private final String label;

    NativePrecision(int code, String label) {
        this.code = code;
        this.label = label;
    }

    /** The name in option texts and on the command line. */
    public String label() {
        return label;
    }

    /** {@code st_precision} of the C ABI. */
    int code() {
        return code;
    }
}
