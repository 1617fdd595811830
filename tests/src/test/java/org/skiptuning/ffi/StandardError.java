package org.skiptuning.ffi;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.function.BooleanSupplier;

/** What is logged to standard error while it is open. */
final class StandardError implements AutoCloseable {
    private final PrintStream before = System.err;
    private final ByteArrayOutputStream text = new ByteArrayOutputStream();

    StandardError() {
        System.setErr(new PrintStream(text, true, StandardCharsets.UTF_8));
    }

    String text() {
        return text.toString(StandardCharsets.UTF_8);
    }

    /** Collects garbage until the condition holds, or for ten seconds. */
    static boolean collectUntil(BooleanSupplier condition) throws InterruptedException {
        for (int attempt = 0; attempt < 200 && !condition.getAsBoolean(); attempt++) {
            System.gc();
            Thread.sleep(50);
        }
        return condition.getAsBoolean();
    }

    @Override
    public void close() {
        System.setErr(before);
    }
}
