package org.skiptuning;

/** Which parameters train, and against which classes. */
public enum Method {
    /** Skip Tuning: the blocks after the start layer, against the classes that class-wise skipping keeps. */
    SKIP("skip"),
    /** Full fine-tuning: every block of both towers, against all classes. */
    FULL("full");

    private final String text;

    Method(String text) {
        this.text = text;
    }

    /**
     * Reads {@code skip}, {@code full}.
     *
     * @throws IllegalArgumentException for any other text
     */
    public static Method parse(String text) {
        return Choices.parse("method", text, values());
    }

    @Override
    public String toString() {
        return text;
    }
}
