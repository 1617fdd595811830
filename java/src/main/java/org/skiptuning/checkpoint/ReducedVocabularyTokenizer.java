package org.skiptuning.checkpoint;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.regex.Pattern;
import org.skiptuning.CheckpointException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A tokenizer whose vocabulary is cut to what a small model saw.
 *
 * <p>{@code vocabulary.json} beside the weights is an array: element i is the id in the whole vocabulary of the token in
 * row i of the embedding. An id that isn't in it is dropped from the text, as if the token weren't there, before the
 * text is cut to the context; the log says so. Start- and end-of-text must be in it and the end must be last, so that it is the largest
 * row and pooling at the largest id finds it; the padding, row 0, comes after the end and, the tower being causal,
 * changes nothing.
 */
final class ReducedVocabularyTokenizer implements Tokenizer {
    private static final Logger LOG = LoggerFactory.getLogger(ReducedVocabularyTokenizer.class);
    private static final int MOST_WARNINGS = 5;
    private static final Pattern SPACE = Pattern.compile("\\s+");

    private final BytePairTokenizer whole;
    private final Map<Integer, Integer> rows;
    private final int start;
    private final int end;
    private final Set<String> warned = ConcurrentHashMap.newKeySet();
    private final AtomicBoolean toldOfMore = new AtomicBoolean();

    private ReducedVocabularyTokenizer(BytePairTokenizer whole, Map<Integer, Integer> rows, int start, int end) {
        this.whole = whole;
        this.rows = rows;
        this.start = start;
        this.end = end;
    }

    /** @throws CheckpointException if the file breaks a rule above or hasn't {@code size} elements */
    static ReducedVocabularyTokenizer read(Path file, BytePairTokenizer whole, int size) {
        var array = Json.read(file);
        if (!array.isArray() || array.size() != size) {
            throw new CheckpointException(
                    file + " must be an array of as many ids as the model's vocabulary has rows, " + size);
        }
        Map<Integer, Integer> rows = new HashMap<>();
        for (var id : array) {
            if (!id.isIntegralNumber()
                    || !id.canConvertToInt()
                    || id.intValue() < 0
                    || rows.putIfAbsent(id.intValue(), rows.size()) != null) {
                throw new CheckpointException(file + " holds " + JsonObject.shortened(id) + " at place " + rows.size()
                        + ", which isn't an id or is there twice");
            }
        }
        Integer start = rows.get(whole.start());
        Integer end = rows.get(whole.end());
        if (start == null || end == null || end != size - 1) {
            throw new CheckpointException(file + " must hold start-of-text (" + whole.start()
                    + ") and, as its last element, end-of-text (" + whole.end() + ")");
        }
        return new ReducedVocabularyTokenizer(whole, rows, start, end);
    }

    @Override
    public long[] encode(String text) {
        int[] ids = whole.content(text);
        int[] content =
                Arrays.stream(ids).filter(rows::containsKey).map(rows::get).toArray();
        if (content.length < ids.length) {
            warnOfUnknownWords(text);
        }
        return BytePairTokenizer.framed(content, start, end, whole.contextLength());
    }

    private static final int LONGEST_SHOWN = 40;

    /** Once a word, and no more words than a reader would look at. */
    private void warnOfUnknownWords(String text) {
        for (var word : SPACE.split(text.strip())) {
            boolean known = Arrays.stream(whole.content(word)).allMatch(rows::containsKey);
            if (known || warned.contains(word)) {
                continue;
            }
            if (warned.size() < MOST_WARNINGS) {
                warned.add(word);
                LOG.warn("This small model does not know \"{}\", and reads texts without it", shown(word));
            } else if (!toldOfMore.getAndSet(true)) {
                LOG.warn("This small model does not know further words, which are not named");
            }
        }
    }

    /** Short, and without what a terminal would obey. */
    private static String shown(String word) {
        var plain = word.codePoints()
                .limit(LONGEST_SHOWN)
                .map(letter -> Character.isISOControl(letter) ? '?' : letter)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append);
        return plain.length() < word.length() ? plain + "…" : plain.toString();
    }

    @Override
    public int contextLength() {
        return whole.contextLength();
    }
}
