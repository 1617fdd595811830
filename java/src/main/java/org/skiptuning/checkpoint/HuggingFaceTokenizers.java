package org.skiptuning.checkpoint;

import java.nio.file.Path;
import org.skiptuning.CheckpointException;

/** The way to the optional library that runs any {@code tokenizer.json}. */
final class HuggingFaceTokenizers {
    private static final String LIBRARY_CLASS = "ai.djl.huggingface.tokenizers.HuggingFaceTokenizer";

    private HuggingFaceTokenizers() {}

    static DjlTokenizer open(Path file, int contextLength) {
        try {
            Class.forName(LIBRARY_CLASS, false, HuggingFaceTokenizers.class.getClassLoader());
        } catch (ClassNotFoundException absent) {
            throw new CheckpointException(
                    file + " isn't a CLIP tokenizer, and the library for others is missing:"
                            + " add the artifact ai.djl.huggingface:tokenizers to the class path",
                    absent);
        }
        return DjlTokenizer.open(file, contextLength);
    }
}
