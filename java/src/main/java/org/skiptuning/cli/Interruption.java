package org.skiptuning.cli;

import java.util.concurrent.atomic.AtomicInteger;
import sun.misc.Signal;
import sun.misc.SignalHandler;

/**
 * Ctrl-C and SIGTERM: the first one interrupts the thread that runs the command, which then stops at the next safe
 * place and leaves what a resume needs; a second one ends the process at once.
 */
final class Interruption {
    private static final int SIGNAL_STATUS = 128;

    private final AtomicInteger signal = new AtomicInteger();

    /** Never asked for: commands that run inside another program. */
    static Interruption none() {
        return new Interruption();
    }

    static Interruption onSignals(Thread runner, Terminal terminal) {
        var interruption = new Interruption();
        for (String name : new String[] {"INT", "TERM", "HUP"}) {
            Signal.handle(new Signal(name), received -> {
                if (!interruption.request(received.getNumber())) {
                    Runtime.getRuntime().halt(SIGNAL_STATUS + received.getNumber());
                }
                if (terminal.interactive()) {
                    terminal.println("Stopping after this step; once more to stop at once.");
                }
                runner.interrupt();
            });
        }
        return interruption;
    }

    static void ignoreCtrlC() {
        Signal.handle(new Signal("INT"), SignalHandler.SIG_IGN);
    }

    /** Remembers the first signal; false for one that comes after it. */
    boolean request(int number) {
        return signal.compareAndSet(0, number);
    }

    boolean requested() {
        return signal.get() != 0;
    }

    /** 130 for Ctrl-C, 143 for SIGTERM. */
    int exitStatus() {
        return SIGNAL_STATUS + signal.get();
    }
}
