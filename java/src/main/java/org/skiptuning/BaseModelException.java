package org.skiptuning;

/** The model that a method's parameters were trained beside is not where it was, or is another. */
public final class BaseModelException extends CheckpointException {
    private static final long serialVersionUID = 1L;

    private final String problem;

    BaseModelException(String problem) {
        super(problem + "; FineTuned.load(directory, baseModel, options) takes where it lies");
        this.problem = problem;
    }

    /** The message without what this library's calls could do. */
    public String problem() {
        return problem;
    }
}
