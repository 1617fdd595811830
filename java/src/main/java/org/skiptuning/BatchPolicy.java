package org.skiptuning;

/** Which pictures share a batch. */
public enum BatchPolicy {
    /** From four shots on those of one class, as Skip Tuning's implementation does; below that shuffled. */
    ONE_CLASS("one-class"),
    /** Any; a remainder smaller than a batch is dropped. */
    SHUFFLED("shuffled"),
    /** Any; a remainder is a batch of its own. */
    SHUFFLED_WHOLE("shuffled-whole");

    private final String text;

    BatchPolicy(String text) {
        this.text = text;
    }

    /**
     * Reads {@code one-class}, {@code shuffled}, {@code shuffled-whole}.
     *
     * @throws IllegalArgumentException for any other text
     */
    public static BatchPolicy parse(String text) {
        return Choices.parse("batch policy", text, values());
    }

    @Override
    public String toString() {
        return text;
    }
}
