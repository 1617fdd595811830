package org.skiptuning.checkpoint;

/**
 * Turns text into the token ids of one checkpoint's text tower. Safe for use by several threads. That of a checkpoint is
 * closed with it.
 */
public interface Tokenizer extends AutoCloseable {
    /**
     * The ids of one text: start, content, end, then zeros, {@link #contextLength()} ids in all. Content that is too
     * long is cut so that the end stays.
     */
    long[] encode(String text);

    /** The number of ids that {@link #encode} returns. */
    int contextLength();

    /** Frees what it holds outside the Java heap; most hold nothing there. */
    @Override
    default void close() {}

    /** CLIP's own byte-pair tokenizer with its 49,408 ids. */
    static Tokenizer clip(int contextLength) {
        return BytePairTokenizer.clip(contextLength);
    }
}
