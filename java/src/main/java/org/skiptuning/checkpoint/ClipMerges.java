package org.skiptuning.checkpoint;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.zip.GZIPInputStream;
import org.skiptuning.CheckpointException;

/**
 * CLIP's byte-pair merges as ids. Every process that loads a model reads them, so that they are taken from the bytes of
 * their file: 98,000 texts in a map took a tenth of a start (docs/performance.md).
 */
final class ClipMerges {
    private static final String FILE = "bpe_simple_vocab_16e6.txt.gz";
    /** What the used part of the file has unpacked, and some more. */
    private static final int TEXT_BYTES = 1 << 20;

    private static final int FREE = -1;

    private final byte[] text;
    /** Where each token's bytes lie in {@link #tokens}; one more entry ends the last. */
    private final int[] starts;

    private byte[] tokens = new byte[TEXT_BYTES];
    /** The end of what was appended to them. */
    private int end;

    private int count;
    /** Ids by the hash of their bytes, found by going on from there to the first free place. */
    private final int[] table;

    private ClipMerges(byte[] text, int size) {
        this.text = text;
        starts = new int[size + 1];
        table = new int[Integer.highestOneBit(size) << 2];
        Arrays.fill(table, FREE);
    }

    /** Takes the two ids of a pair and the id that they become. */
    @FunctionalInterface
    interface Rule {
        void accept(int left, int right, int result);
    }

    /**
     * Reads them in the order of their rank.
     *
     * @param merges how many; ids go on after those of the single bytes, bare and at a word's end
     * @throws CheckpointException if they aren't in this build or aren't CLIP's
     */
    static void read(int merges, Rule rule) {
        try (var resource = ClipMerges.class.getResourceAsStream(FILE)) {
            if (resource == null) {
                throw new CheckpointException("CLIP's merges (" + FILE
                        + ") aren't in this build's resources: build again with Maven, or bring a tokenizer.json");
            }
            read(new GZIPInputStream(resource, 1 << 16), merges, rule);
        } catch (IOException failure) {
            throw new CheckpointException(FILE + " cannot be read: " + failure.getMessage(), failure);
        }
    }

    /** The same of unpacked text: a line that names its version, then a line of two tokens for each merge. */
    static void read(InputStream unpacked, int merges, Rule rule) throws IOException {
        new ClipMerges(unpacked.readNBytes(TEXT_BYTES), 2 * ByteSymbols.BYTES + merges).read(rule);
    }

    private void read(Rule rule) {
        for (var end : new String[] {"", BytePairVocabulary.WORD_END}) {
            for (int value : ByteSymbols.inVocabularyOrder()) {
                byte[] token = (ByteSymbols.of(value) + end).getBytes(StandardCharsets.UTF_8);
                append(token, 0, token.length);
                add();
            }
        }
        int line = after('\n', 0); // the first one names the file's version
        while (count < starts.length - 1) {
            int space = after(' ', line);
            int next = after('\n', space);
            int left = find(text, line, space - 1);
            int right = find(text, space, next - 1);
            append(text, line, space - 1);
            append(text, space, next - 1);
            rule.accept(left, right, add());
            line = next;
        }
    }

    private int after(char symbol, int from) {
        for (int place = from; place < text.length; place++) {
            if (text[place] == symbol) {
                return place + 1;
            }
        }
        throw notClips();
    }

    private void append(byte[] source, int from, int to) {
        if (end + to - from > tokens.length) {
            tokens = Arrays.copyOf(tokens, Math.max(2 * tokens.length, end + to - from));
        }
        System.arraycopy(source, from, tokens, end, to - from);
        end += to - from;
    }

    /** Makes a token of what was appended. */
    private int add() {
        int place = place(tokens, starts[count], end);
        if (table[place] != FREE) {
            throw notClips(); // no token arises twice
        }
        table[place] = count;
        starts[count + 1] = end;
        return count++;
    }

    private int find(byte[] source, int from, int to) {
        int id = table[place(source, from, to)];
        if (id == FREE) {
            throw notClips();
        }
        return id;
    }

    /** Where these bytes are in the table, or would be. */
    private int place(byte[] source, int from, int to) {
        int hash = 0;
        for (int index = from; index < to; index++) {
            hash = (hash ^ source[index]) * 0x01000193;
        }
        int place = (hash ^ hash >>> 15) & table.length - 1;
        while (table[place] != FREE
                && !Arrays.equals(tokens, starts[table[place]], starts[table[place] + 1], source, from, to)) {
            place = place + 1 & table.length - 1;
        }
        return place;
    }

    private static CheckpointException notClips() {
        return new CheckpointException(FILE + " isn't CLIP's list of merges: build again with Maven");
    }
}
