package org.skiptuning;

/** A picture that cannot be read stopped what {@link LoadOptions#skipBadImages} would have gone on with. */
public final class UnreadablePictureException extends DataSetException {
    private static final long serialVersionUID = 1L;

    private final String problem;

    UnreadablePictureException(DataSetException problem) {
        super(
                problem.getMessage() + "; LoadOptions.withSkipBadImages(true) leaves out pictures that cannot be read",
                problem);
        this.problem = String.valueOf(problem.getMessage());
    }

    /** The message without what this library's options could do. */
    public String problem() {
        return problem;
    }
}
