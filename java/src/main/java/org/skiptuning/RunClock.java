package org.skiptuning;

import java.util.function.Supplier;

/** Wall time of a run over its interruptions, and the part of it spent filling caches. */
final class RunClock {
    private final long start = System.nanoTime();
    private final double secondsBefore;
    private double cacheSeconds;

    /** Goes on from what earlier parts of the run took. */
    RunClock(double secondsBefore, double cacheSecondsBefore) {
        this.secondsBefore = secondsBefore;
        this.cacheSeconds = cacheSecondsBefore;
    }

    double seconds() {
        return secondsBefore + (System.nanoTime() - start) / 1e9;
    }

    double cacheSeconds() {
        return cacheSeconds;
    }

    /** Makes something and counts its time as caching. */
    <T> T cached(Supplier<T> work) {
        var begin = System.nanoTime();
        try {
            return work.get();
        } finally {
            cacheSeconds += (System.nanoTime() - begin) / 1e9;
        }
    }

    /** Does something and counts its time as caching. */
    void caching(Runnable work) {
        var begin = System.nanoTime();
        try {
            work.run();
        } finally {
            cacheSeconds += (System.nanoTime() - begin) / 1e9;
        }
    }
}
