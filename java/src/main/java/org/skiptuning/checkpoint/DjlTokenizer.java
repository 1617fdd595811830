package org.skiptuning.checkpoint;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.skiptuning.CheckpointException;

/** Any {@code tokenizer.json}, run by Hugging Face's library; loaded only for a checkpoint that needs it. */
final class DjlTokenizer implements Tokenizer {
    private final HuggingFaceTokenizer library;
    private final int contextLength;

    private DjlTokenizer(HuggingFaceTokenizer library, int contextLength) {
        this.library = library;
        this.contextLength = contextLength;
    }

    static DjlTokenizer open(Path file, int contextLength) {
        try {
            var options =
                    Map.of("truncation", "true", "padding", "false", "maxLength", Integer.toString(contextLength));
            return new DjlTokenizer(HuggingFaceTokenizer.newInstance(file, options), contextLength);
        } catch (IOException | RuntimeException failure) {
            throw new CheckpointException(file + " cannot be used as a tokenizer: " + failure.getMessage(), failure);
        }
    }

    @Override
    public long[] encode(String text) {
        long[] ids = library.encode(text).getIds();
        var row = new long[contextLength];
        System.arraycopy(ids, 0, row, 0, Math.min(ids.length, contextLength));
        return row;
    }

    @Override
    public int contextLength() {
        return contextLength;
    }

    /** The id that ends a text; -1 if texts have no end. */
    long end() {
        long[] empty = library.encode("").getIds();
        return empty.length == 0 ? -1 : empty[empty.length - 1];
    }

    @Override
    public void close() {
        library.close();
    }
}
