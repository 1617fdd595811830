package org.skiptuning;

import java.util.function.LongSupplier;

/**
 * How often a run's state goes to disk: at the end of every epoch where that is quick, else so seldom that it takes a
 * twentieth of the time at most.
 */
final class SavePace {
    private static final long QUICK_NANOS = 100_000_000;
    private static final long SHARE = 20;

    private final Runnable prepare;
    private final Runnable save;
    private final LongSupplier clock;
    private long lastEnd;
    private long lastTook;

    /**
     * @param prepare what only the first save needs time for, which does not count
     * @param clock nanoseconds that only grow
     */
    SavePace(Runnable prepare, Runnable save, LongSupplier clock) {
        this.prepare = prepare;
        this.save = save;
        this.clock = clock;
        this.lastEnd = clock.getAsLong();
    }

    void saveIfDue() {
        if (lastTook <= QUICK_NANOS || clock.getAsLong() - lastEnd >= SHARE * lastTook) {
            saveNow();
        }
    }

    void saveNow() {
        prepare.run();
        var begin = clock.getAsLong();
        save.run();
        lastEnd = clock.getAsLong();
        lastTook = lastEnd - begin;
    }
}
