package org.skiptuning.ffi;

import java.lang.ref.Cleaner;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How long a native resource lives: until it is closed and the last call or child that needs it is done.
 *
 * <p>Closing never blocks and never frees memory under a running call: it forbids new use at once, and whoever lets go
 * last frees. A resource that is never closed is freed when it becomes unreachable, with a warning; the system property
 * {@value #TRACE_PROPERTY} set to {@code true} adds the place of its allocation to the warning.
 */
final class Lifetime {
    static final String TRACE_PROPERTY = "skiptuning.trace-leaks";

    private static final Logger LOG = LoggerFactory.getLogger(Lifetime.class);
    private static final Cleaner CLEANER = Cleaner.create();

    private final State state;
    private final Cleaner.Cleanable cleanable;

    /**
     * @param what names the resource in messages
     * @param free frees it, exactly once; must not refer to the object that owns this lifetime
     */
    Lifetime(String what, Runnable free) {
        this(what, free, true);
    }

    /** @param warns whether it is wrong to leave this to the collector */
    Lifetime(String what, Runnable free, boolean warns) {
        this.state = new State(what, free, warns);
        this.cleanable = CLEANER.register(this, state);
    }

    /** Keeps the resource until the matching {@link #release}. */
    void acquire() {
        state.acquire();
    }

    void release() {
        state.release();
    }

    /** Throws if the resource has been closed. A cheap check, not a hold: see {@link #acquire}. */
    void requireOpen() {
        state.requireOpen();
    }

    /** Forbids new use; frees now, or when the last hold is released. */
    void close() {
        state.close();
        cleanable.clean();
    }

    /** Apart from Lifetime so that the cleaner doesn't keep it reachable. */
    private static final class State implements Runnable {
        private static final int CLOSED = Integer.MIN_VALUE;

        private final String what;
        private final Runnable free;
        private final boolean warns;
        private final @Nullable Throwable allocation;
        /** The number of holds, and the sign bit once closed. */
        private final AtomicInteger holds = new AtomicInteger();

        State(String what, Runnable free, boolean warns) {
            this.what = what;
            this.free = free;
            this.warns = warns;
            this.allocation = Boolean.getBoolean(TRACE_PROPERTY) ? new Throwable("allocated at") : null;
        }

        void requireOpen() {
            if (holds.getPlain() < 0) {
                throw closed();
            }
        }

        void acquire() {
            if (holds.getAndUpdate(count -> count < 0 ? count : count + 1) < 0) {
                throw closed();
            }
        }

        void release() {
            if (holds.decrementAndGet() == CLOSED) {
                free.run();
            }
        }

        boolean close() {
            int before = holds.getAndUpdate(count -> count | CLOSED);
            if (before == 0) {
                free.run();
            }
            return before >= 0;
        }

        /** The cleaner's turn: nobody can reach the resource any more. */
        @Override
        public void run() {
            if (close() && warns) {
                LOG.warn(
                        "{} was never closed and is freed by the collector; close it, or find where it comes from with"
                                + " -D{}=true",
                        what,
                        TRACE_PROPERTY,
                        allocation);
            }
        }

        private IllegalStateException closed() {
            return new IllegalStateException(what + " is closed");
        }
    }
}
