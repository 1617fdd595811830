package org.skiptuning;

import java.util.List;
import org.skiptuning.ffi.NativeBuffer;
import org.skiptuning.ffi.NotUnitException;

/** Texts to features, in batches. */
final class TextEncoder {
    private static final int BATCH = 128;

    private final Model model;

    TextEncoder(Model model) {
        this.model = model;
    }

    Features encode(List<String> texts, ProgressListener progress) {
        var width = model.info().embeddingSize();
        var length = model.info().contextLength();
        var values = new float[Math.multiplyExact(texts.size(), width)];
        var room = Math.min(BATCH, texts.size());
        try (var tokens = NativeBuffer.allocate((long) room * length * Long.BYTES);
                var features = NativeBuffer.allocate((long) room * width * Float.BYTES)) {
            for (var first = 0; first < texts.size(); first += BATCH) {
                CancelledException.check(Phase.ENCODE_TEXTS);
                var count = Math.min(BATCH, texts.size() - first);
                put(texts.subList(first, first + count), tokens);
                try {
                    model.weights().encodeTexts(model.precision(), tokens, count, length, features);
                } catch (NotUnitException nowhere) {
                    throw model.withoutDirection("the text \"" + texts.get(first + nowhere.row()) + "\"", nowhere);
                }
                features.getFloats(0, values, first * width, count * width);
                progress.onProgress(Phase.ENCODE_TEXTS, first + count, texts.size());
            }
        }
        return new Features(values, texts.size(), width);
    }

    /** The tokens of all texts, [texts, context length]. The caller closes the buffer. */
    NativeBuffer tokens(List<String> texts) {
        var buffer = NativeBuffer.allocate((long) texts.size() * model.info().contextLength() * Long.BYTES);
        try {
            put(texts, buffer);
            return buffer;
        } catch (Throwable failure) {
            buffer.close();
            throw failure;
        }
    }

    private void put(List<String> texts, NativeBuffer target) {
        var tokenizer = model.checkpoint().tokenizer();
        var offset = 0L;
        for (var text : texts) {
            var ids = tokenizer.encode(text);
            target.putLongs(offset, ids, 0, ids.length);
            offset += (long) ids.length * Long.BYTES;
        }
    }
}
