package org.skiptuning.pretrain;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/**
 * Work that an interruption of the caller must not cut short: Java closes a file's channel under a thread that is
 * interrupted while it writes. The caller waits, and finds itself interrupted afterwards.
 */
final class Uninterrupted {
    private Uninterrupted() {}

    static void run(Runnable work) {
        var done = new CompletableFuture<Void>();
        var thread = new Thread(
                () -> {
                    try {
                        work.run();
                        done.complete(null);
                    } catch (Throwable failure) {
                        done.completeExceptionally(failure);
                    }
                },
                "pretrain-save");
        thread.start();
        try {
            done.join();
        } catch (CompletionException failure) {
            if (failure.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw failure;
        }
    }
}
