package org.skiptuning;

/** Number format of a computation. Trained weights keep fp32 masters in every case. */
public enum Precision {
    /** 32-bit floating point. */
    FP32("fp32"),
    /** bfloat16: fast on processors and cards with bf16 units. */
    BF16("bf16"),
    /** 16-bit floating point: for CUDA cards; on a processor slower than fp32. */
    FP16("fp16");

    private final String text;

    Precision(String text) {
        this.text = text;
    }

    /**
     * Reads {@code fp32}, {@code bf16} or {@code fp16}.
     *
     * @throws IllegalArgumentException for any other text
     */
    public static Precision parse(String text) {
        return Choices.parse("precision", text, values());
    }

    @Override
    public String toString() {
        return text;
    }
}
