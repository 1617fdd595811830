package org.skiptuning;

import java.util.concurrent.atomic.AtomicInteger;

/** Counts who uses a resource, its maker first, and frees it when the last one lets go. */
final class UseCount {
    private final Runnable free;
    private final AtomicInteger users = new AtomicInteger(1);

    UseCount(Runnable free) {
        this.free = free;
    }

    /** @throws IllegalStateException if nobody uses it any more */
    void retain() {
        if (users.getAndUpdate(count -> count == 0 ? 0 : count + 1) == 0) {
            throw new IllegalStateException("The model is closed");
        }
    }

    void release() {
        if (users.decrementAndGet() == 0) {
            free.run();
        }
    }
}
