package org.skiptuning.data;

/**
 * Random numbers that are a function of (seed, purpose, epoch, index): the same on any thread, in any order.
 *
 * <p>Philox4x32-10 (Salmon, Moraes, Dror and Shaw, "Parallel Random Numbers: As Easy as 1, 2, 3", SC 2011). The key is
 * the seed, low word first; the counter is (block, index, epoch, purpose), where block counts from 0 for each group of
 * four 32-bit words drawn. Resuming needs no state but the epoch and the index.
 *
 * <p>An instance is a position in one such stream; it is not for sharing between threads.
 */
public final class CounterRandom {
    private static final int MULTIPLIER_0 = 0xD2511F53;
    private static final int MULTIPLIER_1 = 0xCD9E8D57;
    private static final int WEYL_0 = 0x9E3779B9;
    private static final int WEYL_1 = 0xBB67AE85;
    private static final int ROUNDS = 10;

    private final long seed;
    private final int[] counter;
    private int[] words = new int[0];
    private int used;

    /**
     * @param epoch at least 0
     * @param index of the picture, class or whatever the purpose counts, at least 0
     */
    public CounterRandom(long seed, Purpose purpose, int epoch, int index) {
        this.seed = seed;
        this.counter = new int[] {0, index, epoch, purpose.code()};
    }

    /** One block: four words from a four-word counter and a two-word key. */
    static int[] philox(int[] counter, int key0, int key1) {
        int c0 = counter[0];
        int c1 = counter[1];
        int c2 = counter[2];
        int c3 = counter[3];
        for (var round = 0; round < ROUNDS; round++) {
            var product0 = (c0 & 0xffffffffL) * (MULTIPLIER_0 & 0xffffffffL);
            var product1 = (c2 & 0xffffffffL) * (MULTIPLIER_1 & 0xffffffffL);
            c0 = (int) (product1 >>> 32) ^ c1 ^ key0;
            c1 = (int) product1;
            c2 = (int) (product0 >>> 32) ^ c3 ^ key1;
            c3 = (int) product0;
            key0 += WEYL_0;
            key1 += WEYL_1;
        }
        return new int[] {c0, c1, c2, c3};
    }

    /** 32 random bits. */
    public int nextInt() {
        if (used == words.length) {
            words = philox(counter, (int) seed, (int) (seed >>> 32));
            counter[0]++;
            used = 0;
        }
        return words[used++];
    }

    /** Uniform over [0, 1), a multiple of 2^-53: 26 high bits of one word, then 27 of the next. */
    public double nextDouble() {
        var high = (long) (nextInt() >>> 6) << 27;
        return (high | (nextInt() >>> 5)) * 0x1.0p-53;
    }

    /** Uniform over [low, high). */
    public double nextDouble(double low, double high) {
        return low + (high - low) * nextDouble();
    }

    /** Uniform over 0 to bound - 1, without bias (Lemire, "Fast Random Integer Generation in an Interval", 2019). */
    public int nextInt(int bound) {
        if (bound < 1) {
            throw new IllegalArgumentException("Nothing lies below " + bound);
        }
        var product = (nextInt() & 0xffffffffL) * bound;
        var tooFew = (1L << 32) % bound;
        while ((product & 0xffffffffL) < tooFew) {
            product = (nextInt() & 0xffffffffL) * bound;
        }
        return (int) (product >>> 32);
    }

    public boolean nextBoolean() {
        return nextInt() < 0;
    }

    /** Puts the elements into a random order (Fisher and Yates). */
    public void shuffle(int[] elements) {
        for (var i = elements.length - 1; i > 0; i--) {
            var j = nextInt(i + 1);
            var moved = elements[i];
            elements[i] = elements[j];
            elements[j] = moved;
        }
    }
}
