package org.skiptuning.checkpoint;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPInputStream;
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

    private static final String CLIP_MERGES = "bpe_simple_vocab_16e6.txt.gz";
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
        var encoding = new BytePairEncoding.Builder();
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
        Map<String, Integer> ids = new HashMap<>();
        for (int value : ByteSymbols.inVocabularyOrder()) {
            ids.put(String.valueOf(ByteSymbols.of(value)), ids.size());
        }
        for (int value : ByteSymbols.inVocabularyOrder()) {
            ids.put(ByteSymbols.of(value) + WORD_END, ids.size());
        }
        var merges = readClipMerges();
        for (var merge : merges) {
            ids.put(merge[0] + merge[1], ids.size());
        }
        ids.put("<start_of_text>", ids.size());
        ids.put("<end_of_text>", ids.size());
        return of(ids, merges, "<start_of_text>", "<end_of_text>", CLIP_MERGES);
    }

    private static List<String[]> readClipMerges() {
        try (var resource = BytePairVocabulary.class.getResourceAsStream(CLIP_MERGES)) {
            if (resource == null) {
                throw new CheckpointException("CLIP's merges (" + CLIP_MERGES
                        + ") aren't in this build's resources: build again with Maven, or bring a tokenizer.json");
            }
            var reader =
                    new BufferedReader(new InputStreamReader(new GZIPInputStream(resource), StandardCharsets.UTF_8));
            var merges = reader.lines()
                    .skip(1)
                    .limit(CLIP_MERGE_COUNT)
                    .map(line -> line.split(" "))
                    .toList();
            if (merges.size() != CLIP_MERGE_COUNT || merges.stream().anyMatch(merge -> merge.length != 2)) {
                throw new CheckpointException(CLIP_MERGES + " isn't CLIP's list of merges: build again with Maven");
            }
            return merges;
        } catch (IOException failure) {
            throw new CheckpointException(CLIP_MERGES + " cannot be read: " + failure.getMessage(), failure);
        }
    }
}
