package org.skiptuning.cli;

/** The command line contradicts itself or cannot be understood: exit status 2. */
final class UsageException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    UsageException(String message) {
        super(message);
    }
}
