package org.skiptuning.cli;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Help.ColorScheme;

/**
 * Standard error: at most one line of progress at its bottom, which gives way to anything else that is written.
 */
final class Terminal {
    private static final int USUAL_COLUMNS = 80;
    private static final int LEAST_COLUMNS = 55; // picocli refuses less
    private static final int MOST_COLUMNS = 100;
    private static final String CLEAR_LINE = "\r\u001b[K";

    private final PrintStream stream;
    private final boolean interactive;
    private final boolean coloured;
    private final int columns;
    private boolean lineShown;

    Terminal(PrintStream stream, boolean interactive, boolean coloured, int columns) {
        this.stream = stream;
        this.interactive = interactive;
        this.coloured = coloured;
        this.columns = columns;
    }

    static Terminal ofProcess(PrintStream stream) {
        boolean terminal = isTerminal(2);
        boolean interactive = terminal && redraws(Optional.ofNullable(System.getenv("TERM")));
        boolean coloured = interactive
                && Optional.ofNullable(System.getenv("NO_COLOR")).orElse("").isEmpty();
        return new Terminal(stream, interactive, coloured, terminal ? columnsOfTerminal() : columnsOfEnvironment());
    }

    /** Whether a terminal of this kind knows how to clear a line; one that says nothing is taken for one that does not. */
    static boolean redraws(Optional<String> kind) {
        return kind.filter(name -> !name.isEmpty() && !name.equals("dumb")).isPresent();
    }

    /** True where the file descriptor is a terminal; the JDK only answers for standard input and output together. */
    static boolean isTerminal(int descriptor) {
        try {
            String target = Files.readSymbolicLink(Path.of("/proc/self/fd/" + descriptor))
                    .toString();
            return target.startsWith("/dev/pts/") || target.startsWith("/dev/tty") || target.equals("/dev/console");
        } catch (IOException | UnsupportedOperationException noProcessFolder) {
            return System.console() != null && System.console().isTerminal();
        }
    }

    private static int columnsOfEnvironment() {
        return columns(Optional.ofNullable(System.getenv("COLUMNS")).orElse("")).orElse(USUAL_COLUMNS);
    }

    /** As stty says it; a shell's COLUMNS is seldom exported. */
    private static int columnsOfTerminal() {
        try {
            Process stty = new ProcessBuilder("stty", "size")
                    .redirectInput(Path.of("/dev/tty").toFile())
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            String size = new String(stty.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
            return columns(size.replaceFirst("^\\d+ ", "").strip()).orElseGet(Terminal::columnsOfEnvironment);
        } catch (IOException noTerminalOrNoStty) {
            return columnsOfEnvironment();
        }
    }

    private static Optional<Integer> columns(String text) {
        try {
            int given = Integer.parseInt(text);
            return given <= 0 ? Optional.empty() : Optional.of(Math.clamp(given, LEAST_COLUMNS, MOST_COLUMNS));
        } catch (NumberFormatException unset) {
            return Optional.empty();
        }
    }

    boolean interactive() {
        return interactive;
    }

    int columns() {
        return columns;
    }

    ColorScheme colours() {
        boolean plain = !coloured || !isTerminal(1);
        return picocli.CommandLine.Help.defaultColorScheme(plain ? Ansi.OFF : Ansi.ON);
    }

    /** The text in a colour, or as it is where colours are off. */
    String paint(Colour colour, String text) {
        return coloured ? "\u001b[" + colour.code + "m" + text + "\u001b[0m" : text;
    }

    enum Colour {
        GREEN("32"),
        CYAN("36"),
        RED("31"),
        FAINT("2");

        private final String code;

        Colour(String code) {
            this.code = code;
        }
    }

    /** Replaces the line of progress. */
    synchronized void showLine(String text) {
        stream.print(CLEAR_LINE + text);
        stream.flush();
        lineShown = true;
    }

    synchronized void clearLine() {
        if (lineShown) {
            stream.print(CLEAR_LINE);
            stream.flush();
            lineShown = false;
        }
    }

    synchronized void println(String text) {
        clearLine();
        stream.println(text);
        stream.flush();
    }

    PrintWriter writer() {
        return new PrintWriter(guarded(), true, StandardCharsets.UTF_8);
    }

    /** A stream for everybody else (logs): clears the line of progress before it writes. */
    PrintStream guarded() {
        var guard = new OutputStream() {
            @Override
            public void write(int value) {
                write(new byte[] {(byte) value}, 0, 1);
            }

            @Override
            public void write(byte[] bytes, int from, int length) {
                synchronized (Terminal.this) {
                    clearLine();
                    stream.write(bytes, from, length);
                    stream.flush();
                }
            }
        };
        return new PrintStream(guard, true, StandardCharsets.UTF_8);
    }
}
