package org.skiptuning.data;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicInteger;

/** Platform threads that end before whoever started them goes on. */
final class Workers {
    /** Work that may be interrupted. */
    @FunctionalInterface
    interface Work {
        void run() throws InterruptedException;
    }

    /** Work on one of many things. */
    @FunctionalInterface
    interface Each {
        void accept(int index) throws InterruptedException;
    }

    private final List<Thread> threads = new ArrayList<>();

    private Workers() {}

    /** Starts {@code count} threads that each do all of {@code work}, which has to catch its own failures. */
    static Workers start(int count, Work work) {
        if (count < 1) {
            throw new IllegalArgumentException(count + " threads: at least 1 is needed");
        }
        var workers = new Workers();
        for (var i = 0; i < count; i++) {
            var thread = Thread.ofPlatform()
                    .name("skip-tuning-pictures-" + i)
                    .daemon()
                    .unstarted(() -> {
                        try {
                            work.run();
                        } catch (InterruptedException stop) {
                            Thread.currentThread().interrupt();
                        }
                    });
            workers.threads.add(thread);
            thread.start();
        }
        return workers;
    }

    /** Interrupts all threads and waits for them; an interrupt of this thread is kept for later. */
    void stop() {
        threads.forEach(Thread::interrupt);
        var interrupted = false;
        for (var thread : threads) {
            while (thread.isAlive()) {
                try {
                    thread.join();
                } catch (InterruptedException again) {
                    interrupted = true;
                }
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void join() throws InterruptedException {
        for (var thread : threads) {
            thread.join();
        }
    }

    /**
     * Does {@code each} for 0 to count - 1 on up to {@code threads} threads. After a failure no more begin, and that of
     * the lowest index is thrown.
     */
    static void forEach(int count, int threads, Each each) throws InterruptedException {
        if (count == 0) {
            return;
        }
        var next = new AtomicInteger();
        Map<Integer, Throwable> failures = new ConcurrentSkipListMap<>();
        var workers = start(Math.min(count, threads), () -> {
            int index;
            while (failures.isEmpty() && (index = next.getAndIncrement()) < count) {
                try {
                    each.accept(index);
                } catch (InterruptedException stop) {
                    throw stop;
                } catch (Throwable failure) {
                    failures.put(index, failure);
                }
            }
        });
        try {
            workers.join();
        } catch (InterruptedException stop) {
            workers.stop();
            throw stop;
        }
        for (var failure : failures.values()) {
            throw rethrow(failure);
        }
    }

    /** Throws what another thread ran into. */
    static RuntimeException rethrow(Throwable failure) {
        if (failure instanceof Error error) {
            throw error;
        }
        throw failure instanceof RuntimeException unchecked ? unchecked : new IllegalStateException(failure);
    }
}
