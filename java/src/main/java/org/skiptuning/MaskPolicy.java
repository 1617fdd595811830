package org.skiptuning;

/** When the random part of class-wise skipping is drawn. */
public enum MaskPolicy {
    /** Once a run, as the public implementation does: the kept ranks, and so their number, stay the same. */
    RUN("run"),
    /** Afresh in each step, which is the paper's reading. */
    STEP("step");

    private final String text;

    MaskPolicy(String text) {
        this.text = text;
    }

    /**
     * Reads {@code run}, {@code step}.
     *
     * @throws IllegalArgumentException for any other text
     */
    public static MaskPolicy parse(String text) {
        return Choices.parse("mask policy", text, values());
    }

    @Override
    public String toString() {
        return text;
    }
}
