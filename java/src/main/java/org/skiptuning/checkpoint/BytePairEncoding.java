package org.skiptuning.checkpoint;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;

/**
 * Merges neighbouring tokens, the earliest rule first, until no rule applies.
 *
 * <p>The result is that of the textbook loop (find the best-ranked pair, merge all its places from left to right,
 * repeat), in O(n log n) for n tokens, so that a very long word costs no more than its length.
 */
final class BytePairEncoding {
    private static final int NONE = -1;

    private record Merge(int rank, int result) {}

    /** A place where a rule applied when it was seen: its left token, both tokens at that time, and what they become. */
    private record Candidate(int rank, int place, long pair, int result) implements Comparable<Candidate> {
        @Override
        public int compareTo(Candidate other) {
            return rank != other.rank ? Integer.compare(rank, other.rank) : Integer.compare(place, other.place);
        }
    }

    private final Map<Long, Merge> merges;

    private BytePairEncoding(Map<Long, Merge> merges) {
        this.merges = merges;
    }

    /** Rules in order of rank; of two rules for one pair the later counts, as in the reference's dictionary. */
    static final class Builder {
        private final Map<Long, Merge> merges;
        private int rank;

        /** @param expected how many rules will be added */
        Builder(int expected) {
            merges = HashMap.newHashMap(expected);
        }

        void add(int left, int right, int result) {
            merges.put(pair(left, right), new Merge(rank++, result));
        }

        BytePairEncoding build() {
            return new BytePairEncoding(merges);
        }
    }

    /** The tokens that remain of {@code symbols} when every rule has been applied. */
    int[] apply(int[] symbols) {
        return symbols.length < 2 ? symbols.clone() : new Word(symbols).merged();
    }

    /** One number for two ids. The odd factor keeps pairs apart and spreads {@link Long#hashCode}, which folds halves. */
    private static long pair(int left, int right) {
        return ((long) left << Integer.SIZE | right) * 0x9E3779B97F4A7C15L;
    }

    /** One word on its way: a doubly linked list over the places of its first tokens. */
    private final class Word {
        private final int[] symbols;
        private final int[] next;
        private final int[] previous;
        private final PriorityQueue<Candidate> candidates = new PriorityQueue<>();

        Word(int[] symbols) {
            this.symbols = symbols.clone();
            next = new int[symbols.length];
            previous = new int[symbols.length];
            for (int place = 0; place < symbols.length; place++) {
                previous[place] = place - 1;
                next[place] = place + 1 < symbols.length ? place + 1 : NONE;
            }
            for (int place = 0; place + 1 < symbols.length; place++) {
                consider(place);
            }
        }

        int[] merged() {
            List<Candidate> round = new ArrayList<>();
            while (!candidates.isEmpty()) {
                round.clear();
                int rank = candidates.peek().rank();
                while (!candidates.isEmpty() && candidates.peek().rank() == rank) {
                    round.add(candidates.poll());
                }
                for (var candidate : round) {
                    merge(candidate);
                }
            }
            return remaining();
        }

        private void merge(Candidate candidate) {
            int place = candidate.place();
            int right = next[place];
            if (symbols[place] == NONE || right == NONE || pair(symbols[place], symbols[right]) != candidate.pair()) {
                return;
            }
            symbols[place] = candidate.result();
            symbols[right] = NONE;
            next[place] = next[right];
            if (next[right] != NONE) {
                previous[next[right]] = place;
            }
            consider(place);
            if (previous[place] != NONE) {
                consider(previous[place]);
            }
        }

        private void consider(int place) {
            if (next[place] == NONE) {
                return;
            }
            long pair = pair(symbols[place], symbols[next[place]]);
            var merge = merges.get(pair);
            if (merge != null) {
                candidates.add(new Candidate(merge.rank(), place, pair, merge.result()));
            }
        }

        private int[] remaining() {
            int count = 0;
            for (int place = 0; place != NONE; place = next[place]) {
                count++;
            }
            var tokens = new int[count];
            int index = 0;
            for (int place = 0; place != NONE; place = next[place]) {
                tokens[index++] = symbols[place];
            }
            return tokens;
        }
    }
}
