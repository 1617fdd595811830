package org.skiptuning.checkpoint;

/** The function between the two linear layers of a block. */
public enum Activation {
    /** x·Φ(x), as LAION's and most open_clip models have it. */
    GELU("gelu"),
    /** x·sigmoid(1.702·x), as OpenAI's models have it. */
    QUICK_GELU("quick_gelu");

    private final String text;

    Activation(String text) {
        this.text = text;
    }

    /** The name in configurations. */
    public String text() {
        return text;
    }
}
