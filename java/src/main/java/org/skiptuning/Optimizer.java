package org.skiptuning;

/** How gradients change the weights. */
public enum Optimizer {
    /** Stochastic gradient descent with momentum and coupled weight decay. */
    SGD("sgd"),
    /** Adam with coupled weight decay. */
    ADAM("adam"),
    /** Adam with decoupled weight decay. */
    ADAMW("adamw");

    private final String text;

    Optimizer(String text) {
        this.text = text;
    }

    /**
     * Reads {@code sgd}, {@code adam}, {@code adamw}.
     *
     * @throws IllegalArgumentException for any other text
     */
    public static Optimizer parse(String text) {
        return Choices.parse("optimizer", text, values());
    }

    @Override
    public String toString() {
        return text;
    }
}
