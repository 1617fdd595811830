package org.skiptuning.data;

import java.util.ArrayList;
import java.util.List;

/** Platform threads that end before whoever started them goes on. */
final class Workers {
    /** Work that may be interrupted. */
    @FunctionalInterface
    interface Work {
        void run() throws InterruptedException;
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

    /** Throws what another thread ran into. */
    static RuntimeException rethrow(Throwable failure) {
        if (failure instanceof Error error) {
            throw error;
        }
        throw failure instanceof RuntimeException unchecked ? unchecked : new IllegalStateException(failure);
    }
}
