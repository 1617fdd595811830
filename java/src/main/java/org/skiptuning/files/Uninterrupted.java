package org.skiptuning.files;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/**
 * Work that an interrupt of the caller must not break: Java closes a file channel under a thread that is interrupted, so
 * what has to reach the disk is written by a thread that nobody interrupts.
 */
public final class Uninterrupted {
    private Uninterrupted() {}

    /** Does the work on another thread and waits for it; an interrupt meanwhile is kept for afterwards. */
    public static void run(Runnable work) {
        var done = new CompletableFuture<Void>();
        Thread.ofPlatform().name("skip-tuning-writer").start(() -> {
            try {
                work.run();
                done.complete(null);
            } catch (Throwable failure) {
                done.completeExceptionally(failure);
            }
        });
        try {
            done.join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof RuntimeException failure) {
                throw failure;
            }
            if (e.getCause() instanceof Error failure) {
                throw failure;
            }
            throw e;
        }
    }
}
