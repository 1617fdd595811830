package org.skiptuning.speed;

/** Methods whose steps can be timed. */
public enum TimedMethod {
    /** Skip Tuning from the start layer on, against the classes kept. */
    SKIP("skip"),
    /** Full fine-tuning: every block of both towers, against all classes. */
    FULL("full"),
    /** CoOp: 16 context vectors in the prompts of all classes, on cached features of the pictures. */
    COOP("coop"),
    /** CLIP-LoRA: additions of rank 2 to the attention of every block of both towers, against all classes. */
    LORA("lora");

    private final String text;

    TimedMethod(String text) {
        this.text = text;
    }

    @Override
    public String toString() {
        return text;
    }
}
