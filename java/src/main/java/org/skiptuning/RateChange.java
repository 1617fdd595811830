package org.skiptuning;

/** How often the learning rate follows its cosine. */
public enum RateChange {
    /** Once an epoch. */
    EPOCH("epoch"),
    /** With each step. */
    STEP("step");

    private final String text;

    RateChange(String text) {
        this.text = text;
    }

    /**
     * Reads {@code epoch}, {@code step}.
     *
     * @throws IllegalArgumentException for any other text
     */
    public static RateChange parse(String text) {
        return Choices.parse("rate change", text, values());
    }

    @Override
    public String toString() {
        return text;
    }
}
