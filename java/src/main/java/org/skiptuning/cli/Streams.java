package org.skiptuning.cli;

import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;

/**
 * Where a command writes and how it is told to stop.
 *
 * @param out standard output: results only
 * @param terminal standard error: progress and the one line of a failure
 */
record Streams(PrintStream out, Terminal terminal, Interruption interruption) {
    PrintWriter writer() {
        return new PrintWriter(out, true, StandardCharsets.UTF_8);
    }
}
