package org.skiptuning.checkpoint;

import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** CLIP's byte-pair tokenizer over a vocabulary. */
final class BytePairTokenizer implements Tokenizer {
    /** Words whose ids are remembered; longer ones are rare and would only fill the memory. */
    private static final int CACHED_WORDS = 16384;

    private static final int CACHED_LENGTH = 64;

    private final BytePairVocabulary vocabulary;
    private final TextCleanUp cleanUp;
    private final WordScanner scanner;
    private final Map<String, int[]> special;
    private final int contextLength;
    private final Map<String, int[]> cache = new ConcurrentHashMap<>();

    /**
     * @param startToken text that stands for start-of-text inside a text, in lower case
     * @param endToken likewise for end-of-text
     */
    BytePairTokenizer(
            BytePairVocabulary vocabulary, TextCleanUp cleanUp, String startToken, String endToken, int contextLength) {
        if (contextLength < 2) {
            throw new IllegalArgumentException("A context of " + contextLength + " tokens: at least 2 are needed");
        }
        this.vocabulary = vocabulary;
        this.cleanUp = cleanUp;
        this.scanner = new WordScanner(startToken, endToken);
        this.special = Map.of(startToken, new int[] {vocabulary.start()}, endToken, new int[] {vocabulary.end()});
        this.contextLength = contextLength;
    }

    /** CLIP's own tokenizer, equal to open_clip's {@code SimpleTokenizer} for text that ftfy leaves alone. */
    static BytePairTokenizer clip(int contextLength) {
        return new BytePairTokenizer(
                BytePairVocabulary.clip(), TextCleanUp.OPEN_CLIP, "<start_of_text>", "<end_of_text>", contextLength);
    }

    int start() {
        return vocabulary.start();
    }

    int end() {
        return vocabulary.end();
    }

    int vocabularySize() {
        return vocabulary.size();
    }

    /** All ids of a text's content, without start, end and cutting. */
    int[] content(String text) {
        var ids = new Ids();
        scanner.scan(cleanUp.apply(text), word -> ids.add(encodeWord(word)));
        return ids.toArray();
    }

    @Override
    public long[] encode(String text) {
        return framed(content(text), vocabulary.start(), vocabulary.end(), contextLength);
    }

    @Override
    public int contextLength() {
        return contextLength;
    }

    /** Start, content, end and zeros; content that is too long is cut. */
    static long[] framed(int[] content, long start, long end, int contextLength) {
        var ids = new long[contextLength];
        int kept = Math.min(content.length, contextLength - 2);
        ids[0] = start;
        for (int index = 0; index < kept; index++) {
            ids[index + 1] = content[index];
        }
        ids[kept + 1] = end;
        return ids;
    }

    private int[] encodeWord(String word) {
        var known = special.get(word);
        if (known == null) {
            known = cache.get(word);
        }
        if (known != null) {
            return known;
        }
        int[] ids = vocabulary.encode(word);
        if (word.length() <= CACHED_LENGTH && cache.size() < CACHED_WORDS) {
            cache.put(word, ids);
        }
        return ids;
    }

    /** A growing array of ids. */
    private static final class Ids {
        private int[] values = new int[64];
        private int size;

        void add(int[] more) {
            if (size + more.length > values.length) {
                values = Arrays.copyOf(values, Math.max(2 * values.length, size + more.length));
            }
            System.arraycopy(more, 0, values, size, more.length);
            size += more.length;
        }

        int[] toArray() {
            return Arrays.copyOf(values, size);
        }
    }
}
