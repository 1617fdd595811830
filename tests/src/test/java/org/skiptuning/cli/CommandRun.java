package org.skiptuning.cli;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * A command run in this process, standard error being no terminal.
 *
 * @param out what it wrote on standard output
 * @param err what it wrote on standard error, less progress
 */
record CommandRun(int status, String out, String err) {
    /** A busy machine needs so long for some tests that progress is told, which an empty standard error may hold. */
    private static final Pattern PROGRESS =
            Pattern.compile("(?m)^.+: [\\d,]+ (of [\\d,]+ \\w+ \\(\\d+ %\\)|\\w+ in [\\d.:]+).*\\R?");

    static String withoutProgress(String err) {
        return PROGRESS.matcher(err).replaceAll("");
    }

    static CommandRun of(String... arguments) {
        var out = new ByteArrayOutputStream();
        var err = new ByteArrayOutputStream();
        int status = Main.run(streams(out, err), arguments);
        return new CommandRun(status, text(out), withoutProgress(text(err)));
    }

    static Streams streams(ByteArrayOutputStream out, ByteArrayOutputStream err) {
        var terminal = new Terminal(new PrintStream(err, true, StandardCharsets.UTF_8), false, false, 80);
        return new Streams(new PrintStream(out, true, StandardCharsets.UTF_8), terminal, Interruption.none());
    }

    /** What it wrote on standard error, less progress and notes: failures. */
    String errors() {
        return err.lines().filter(line -> !line.startsWith("note: ")).collect(Collectors.joining("\n"));
    }

    List<String> errorLines() {
        return err.lines().toList();
    }

    private static String text(ByteArrayOutputStream bytes) {
        return bytes.toString(StandardCharsets.UTF_8);
    }
}
