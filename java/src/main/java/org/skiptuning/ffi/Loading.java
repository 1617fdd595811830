package org.skiptuning.ffi;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The native libraries on their way into the process. */
public final class Loading {
    private static final Logger LOG = LoggerFactory.getLogger(Loading.class);

    private final Thread thread;

    private Loading(Thread thread) {
        this.thread = thread;
    }

    static Loading begin(Runnable load) {
        return new Loading(Thread.ofPlatform()
                .name("skip-tuning-libraries")
                .daemon()
                .start(() -> {
                    try {
                        load.run();
                    } catch (RuntimeException | Error failure) {
                        LOG.debug("the native libraries are not loaded ahead", failure);
                    }
                }));
    }

    /** Waits for the end, whether they are loaded then or not; an interrupt of this thread is kept for later. */
    public void await() {
        var interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException again) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
