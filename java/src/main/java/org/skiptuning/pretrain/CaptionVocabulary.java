package org.skiptuning.pretrain;

import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.skiptuning.checkpoint.Tokenizer;

/**
 * CLIP's vocabulary cut to what a set of texts needs. Rows are in the order of CLIP's ids, so start- and end-of-text stay last and the end keeps the largest id, which is
 * how the text tower finds the token to pool.
 */
final class CaptionVocabulary {
    private final Tokenizer clip;
    private final int[] clipIds;
    private final Map<Long, Integer> rows = new HashMap<>();

    /**
     * @param clip  CLIP's whole tokenizer
     * @param texts every text that must keep its usual tokens
     */
    CaptionVocabulary(Tokenizer clip, Collection<String> texts) {
        this.clip = clip;
        var ids = new TreeSet<Integer>();
        for (var text : texts) {
            for (var id : content(clip.encode(text))) {
                ids.add((int) id);
            }
        }
        clipIds = ids.stream().mapToInt(Integer::intValue).toArray();
        for (var row = 0; row < clipIds.length; row++) {
            rows.put((long) clipIds[row], row);
        }
    }

    /** Without the zeros after end-of-text, which is the largest id. */
    private static long[] content(long[] encoded) {
        var last = 0;
        for (var i = 1; i < encoded.length; i++) {
            last = encoded[i] > encoded[last] ? i : last;
        }
        return Arrays.copyOf(encoded, last + 1);
    }

    int size() {
        return clipIds.length;
    }

    /** CLIP's id of each row. */
    List<Integer> clipIds() {
        return Arrays.stream(clipIds).boxed().toList();
    }

    /** The rows of a text's tokens, start to end, without padding. */
    long[] encode(String text) {
        var ids = content(clip.encode(text));
        var encoded = new long[ids.length];
        for (var i = 0; i < ids.length; i++) {
            var row = rows.get(ids[i]);
            if (row == null) {
                throw new IllegalArgumentException("\"" + text + "\" has a token that the vocabulary was cut without");
            }
            encoded[i] = row;
        }
        return encoded;
    }
}
