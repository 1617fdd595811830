package org.skiptuning.files;

/**
 * Work that an interrupt of the caller must not break: Java closes a file channel under a thread that is interrupted, so
 * what has to reach the disk is written by a thread that nobody interrupts.
 */
public final class Uninterrupted {
    private Uninterrupted() {}

    /** Does the work on another thread and waits for it; an interrupt meanwhile is kept for afterwards. */
    public static void run(Runnable work) {
        Aside.begin("skip-tuning-writer", () -> {
                    work.run();
                    return work;
                })
                .get();
    }
}
