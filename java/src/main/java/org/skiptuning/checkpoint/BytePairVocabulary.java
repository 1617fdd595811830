package org.skiptuning.checkpoint;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.skiptuning.CheckpointException;

/**
 * A byte-level vocabulary with words ending in {@code </w>}: ids of single bytes, merge rules, start and end.
 *
 * @param innerBytes [256] id of each byte inside a word
 * @param lastBytes [256] id of each byte at the end of a word
 * @param start id of start-of-text
 * @param end id of end-of-text
 * @param size the number of ids; each is smaller
 */
record BytePairVocabulary(int[] innerBytes, int[] lastBytes, BytePairEncoding encoding, int start, int end, int size) {
    static final String WORD_END = "</w>";
    /** The size of CLIP's vocabulary: 256 bytes twice, 48,894 merges, start and end. */
    static final int CLIP_SIZE = 49408;

    private static final int CLIP_MERGE_COUNT = CLIP_SIZE - 2 * ByteSymbols.BYTES - 2;

    private static @Nullable BytePairVocabulary clip;

    /** CLIP's own vocabulary, from the merges packed beside this class; read once. */
    static synchronized BytePairVocabulary clip() {
        var known = clip;
        if (known == null) {
            known = readClip();
            clip = known;
        }
        return known;
    }

    /**
     * From a vocabulary and merges as Hugging Face files hold them.
     *
     * @param ids token text → id, among them all 256 byte symbols, bare and with {@code </w>}
     * @param merges pairs in order of rank
     * @param source names the file in messages
     */
    static BytePairVocabulary of(
            Map<String, Integer> ids, List<String[]> merges, String startToken, String endToken, String source) {
        var inner = new int[ByteSymbols.BYTES];
        var last = new int[ByteSymbols.BYTES];
        for (int value = 0; value < ByteSymbols.BYTES; value++) {
            String symbol = String.valueOf(ByteSymbols.of(value));
            inner[value] = id(ids, symbol, source);
            last[value] = id(ids, symbol + WORD_END, source);
        }
        var encoding = new BytePairEncoding.Builder(merges.size());
        for (var merge : merges) {
            encoding.add(id(ids, merge[0], source), id(ids, merge[1], source), id(ids, merge[0] + merge[1], source));
        }
        int size = 0;
        for (int id : ids.values()) {
            size = Math.max(size, id + 1);
        }
        return new BytePairVocabulary(
                inner, last, encoding.build(), id(ids, startToken, source), id(ids, endToken, source), size);
    }

    /** The ids of one word. */
    int[] encode(String word) {
        byte[] bytes = word.getBytes(StandardCharsets.UTF_8);
        var symbols = new int[bytes.length];
        for (int index = 0; index < bytes.length; index++) {
            symbols[index] = (index == bytes.length - 1 ? lastBytes : innerBytes)[bytes[index] & 0xFF];
        }
        return encoding.apply(symbols);
    }

    private static int id(Map<String, Integer> ids, String token, String source) {
        Integer id = ids.get(token);
        if (id == null) {
            throw new CheckpointException(source + " has no token " + JsonObject.quoted(token)
                    + ", so it isn't a byte-level CLIP vocabulary");
        }
        return id;
    }

    private static BytePairVocabulary readClip() {
        var inner = new int[ByteSymbols.BYTES];
        var last = new int[ByteSymbols.BYTES];
        int next = 0;
        for (int value : ByteSymbols.inVocabularyOrder()) {
            inner[value] = next;
            last[value] = ByteSymbols.BYTES + next++;
        }
        var encoding = new BytePairEncoding.Builder(CLIP_MERGE_COUNT);
        ClipMerges.read(CLIP_MERGE_COUNT, encoding::add);
        return new BytePairVocabulary(inner, last, encoding.build(), CLIP_SIZE - 2, CLIP_SIZE - 1, CLIP_SIZE);
    }
}
