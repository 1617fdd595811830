package org.skiptuning.data;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;

/**
 * CPython's {@code random.Random} as far as {@code random.seed(int)}, {@code random.sample} and {@code random.shuffle}
 * need it.
 *
 * <p>Published few-shot subsets are CPython's draws, so repeating them takes its generator (MT19937, Matsumoto and
 * Nishimura 1998, seeded by {@code init_by_array}) and its sampling, both of {@code Lib/random.py} and
 * {@code Modules/_randommodule.c}, unchanged since Python 3.2.
 */
public final class PythonRandom {
    private static final int STATE_WORDS = 624;
    private static final int SHIFT = 397;
    private static final int MATRIX = 0x9908b0df;

    private final int[] state = new int[STATE_WORDS];
    private int position = STATE_WORDS;

    /** As {@code random.seed(seed)}: the absolute value, least significant 32 bits first, is the key. */
    public PythonRandom(long seed) {
        var magnitude = Math.abs(seed); // 2^63 stays negative here and is right as an unsigned number
        var high = (int) (magnitude >>> 32);
        seed(high == 0 ? new int[] {(int) magnitude} : new int[] {(int) magnitude, high});
    }

    private void seed(int[] key) {
        state[0] = 19650218;
        for (var i = 1; i < STATE_WORDS; i++) {
            state[i] = 1812433253 * (state[i - 1] ^ (state[i - 1] >>> 30)) + i;
        }
        var i = 1;
        for (int step = 0, j = 0; step < Math.max(STATE_WORDS, key.length); step++) {
            state[i] = (state[i] ^ ((state[i - 1] ^ (state[i - 1] >>> 30)) * 1664525)) + key[j] + j;
            i = nextIndex(i);
            j = (j + 1) % key.length;
        }
        for (var step = 0; step < STATE_WORDS - 1; step++) {
            state[i] = (state[i] ^ ((state[i - 1] ^ (state[i - 1] >>> 30)) * 1566083941)) - i;
            i = nextIndex(i);
        }
        state[0] = 0x80000000;
    }

    private int nextIndex(int i) {
        if (i + 1 < STATE_WORDS) {
            return i + 1;
        }
        state[0] = state[STATE_WORDS - 1];
        return 1;
    }

    private int nextWord() {
        if (position == STATE_WORDS) {
            for (var i = 0; i < STATE_WORDS; i++) {
                var bits = (state[i] & 0x80000000) | (state[(i + 1) % STATE_WORDS] & 0x7fffffff);
                state[i] = state[(i + SHIFT) % STATE_WORDS] ^ (bits >>> 1) ^ ((bits & 1) == 0 ? 0 : MATRIX);
            }
            position = 0;
        }
        var word = state[position++];
        word ^= word >>> 11;
        word ^= (word << 7) & 0x9d2c5680;
        word ^= (word << 15) & 0xefc60000;
        return word ^ (word >>> 18);
    }

    /**
     * As {@code random.getrandbits(bits)}.
     *
     * @param bits 1 to 32
     * @return an unsigned number of that many bits
     */
    public long getRandBits(int bits) {
        if (bits < 1 || bits > 32) {
            throw new IllegalArgumentException("1 to 32 bits can be drawn, not " + bits);
        }
        return Integer.toUnsignedLong(nextWord()) >>> (32 - bits);
    }

    /** As {@code random._randbelow(bound)}: uniform over 0 to bound - 1. */
    public int randBelow(int bound) {
        if (bound < 1) {
            throw new IllegalArgumentException("Nothing lies below " + bound);
        }
        var bits = Integer.SIZE - Integer.numberOfLeadingZeros(bound);
        var drawn = getRandBits(bits);
        while (drawn >= bound) {
            drawn = getRandBits(bits);
        }
        return (int) drawn;
    }

    /**
     * As {@code random.sample(population, count)}.
     *
     * @param count 0 to the population's size
     * @return {@code count} elements in the order drawn
     */
    public <T> List<T> sample(List<T> population, int count) {
        var size = population.size();
        if (count < 0 || count > size) {
            throw new IllegalArgumentException("A sample of " + count + " out of " + size);
        }
        return size <= poolLimit(count) ? samplePool(population, count) : sampleSet(population, count);
    }

    /** As {@code random.shuffle(population)}, into a new list. */
    public <T> List<T> shuffle(List<T> population) {
        var shuffled = new ArrayList<>(population);
        for (var i = shuffled.size() - 1; i > 0; i--) {
            Collections.swap(shuffled, i, randBelow(i + 1));
        }
        return shuffled;
    }

    /** Up to here a copy of the population takes less room than a set of the indices drawn. */
    private static long poolLimit(int count) {
        var limit = 21L;
        if (count > 5) {
            var table = 1L; // 4 ** ceil(log(3 * count, 4)); 3 * count is never a power of 4
            while (table < 3L * count) {
                table *= 4;
            }
            limit += table;
        }
        return limit;
    }

    private <T> List<T> samplePool(List<T> population, int count) {
        var pool = new ArrayList<>(population);
        var sample = new ArrayList<T>(count);
        for (var i = 0; i < count; i++) {
            var j = randBelow(pool.size() - i);
            sample.add(pool.get(j));
            pool.set(j, pool.get(pool.size() - i - 1)); // what is not drawn moves into the gap
        }
        return sample;
    }

    private <T> List<T> sampleSet(List<T> population, int count) {
        var selected = new HashSet<Integer>();
        var sample = new ArrayList<T>(count);
        while (sample.size() < count) {
            var j = randBelow(population.size());
            if (selected.add(j)) {
                sample.add(population.get(j));
            }
        }
        return sample;
    }
}
