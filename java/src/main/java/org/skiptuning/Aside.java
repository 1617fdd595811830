package org.skiptuning;

import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** Work on a thread of its own, while the thread that began it does something else. One of them takes the result. */
final class Aside<T> {
    private final FutureTask<T> task;

    private Aside(FutureTask<T> task) {
        this.task = task;
    }

    static <T> Aside<T> begin(String thread, Supplier<T> work) {
        var task = new FutureTask<>(work::get);
        Thread.ofPlatform().name(thread).daemon().start(task);
        return new Aside<>(task);
    }

    /** The result or what the work threw, once it is done; an interrupt of this thread is kept for later. */
    T get() {
        var interrupted = false;
        try {
            while (true) {
                try {
                    return task.get();
                } catch (InterruptedException again) {
                    interrupted = true;
                }
            }
        } catch (ExecutionException failed) {
            throw rethrow(Objects.requireNonNull(failed.getCause()));
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** Waits and gives up the result, whose failure nobody needs to hear of. */
    void discard(Consumer<T> close) {
        T result;
        try {
            result = get();
        } catch (RuntimeException | Error failed) {
            return;
        }
        close.accept(result);
    }

    private static RuntimeException rethrow(Throwable cause) {
        if (cause instanceof Error error) {
            throw error;
        }
        return cause instanceof RuntimeException unchecked ? unchecked : new IllegalStateException(cause);
    }
}
