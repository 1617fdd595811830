package org.skiptuning.cli;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Standard output that remembers why it could not be written; a {@code PrintStream} above it only swallows it. */
final class ResultStream extends FilterOutputStream {
    private @Nullable IOException failure;

    ResultStream(OutputStream target) {
        super(target);
    }

    /** The first failure. */
    Optional<IOException> failure() {
        return Optional.ofNullable(failure);
    }

    @Override
    public void write(int value) throws IOException {
        write(new byte[] {(byte) value}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int from, int length) throws IOException {
        try {
            out.write(bytes, from, length);
        } catch (IOException problem) {
            failure = failure == null ? problem : failure;
            throw problem;
        }
    }
}
