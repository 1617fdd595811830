package org.skiptuning.files;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.LoggerFactory;

/**
 * Work on a thread of its own, while the thread that began it does something else. An interrupt of whoever waits for it
 * neither breaks the work nor ends the waiting: it is kept for afterwards.
 */
public final class Aside<T> {
    private final CompletableFuture<T> result = new CompletableFuture<>();

    static {
        // Whoever logs first sets SLF4J up, and what another thread logs meanwhile ends on standard error.
        LoggerFactory.getILoggerFactory();
    }

    private Aside() {}

    /** @param thread its name */
    public static <T> Aside<T> begin(String thread, Supplier<T> work) {
        var aside = new Aside<T>();
        Thread.ofPlatform().name(thread).daemon().start(() -> {
            try {
                aside.result.complete(work.get());
            } catch (Throwable failure) {
                aside.result.completeExceptionally(failure);
            }
        });
        return aside;
    }

    /** Waits for the result, or throws what the work threw. */
    public T get() {
        try {
            return result.join();
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

    /** Waits and gives up the result, if there is one; what the work threw is of no interest any more. */
    public void discard(Consumer<T> close) {
        T given;
        try {
            given = get();
        } catch (RuntimeException | Error failure) {
            return;
        }
        close.accept(given);
    }
}
