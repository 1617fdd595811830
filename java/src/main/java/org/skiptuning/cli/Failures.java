package org.skiptuning.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.util.Objects;
import java.util.Optional;
import org.skiptuning.BaseModelException;
import org.skiptuning.CancelledException;
import org.skiptuning.SkipTuningException;
import org.skiptuning.TrainingInterruptedException;
import org.skiptuning.UnreadablePictureException;
import org.skiptuning.report.Prose;
import picocli.CommandLine;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.TypeConversionException;

/** What went wrong, as one line on standard error; the trace only with -v. */
final class Failures {
    static final int STATUS = 1;

    private static final int MOST_CHARACTERS = 2000;

    private Failures() {}

    static int report(Streams streams, CommandLine line, ParseResult parsed, Exception exception) {
        String command = line.getCommandSpec().qualifiedName(" ");
        if (exception instanceof UsageException || exception instanceof TypeConversionException) {
            return UsageErrors.report(streams, command, String.valueOf(exception.getMessage()));
        }
        boolean verbose =
                line.getCommand() instanceof ToolCommand tool && tool.common().verbose();
        if (streams.interruption().requested() && isInterruption(exception)) {
            streams.terminal().println(interrupted(line, exception));
            if (verbose) {
                streams.terminal().println(trace(exception));
            }
            return streams.interruption().exitStatus();
        }
        return report(streams, command, exception, verbose);
    }

    static int report(Streams streams, String command, Throwable problem, boolean verbose) {
        streams.terminal().println(command + ": " + describe(problem));
        if (verbose) {
            streams.terminal().println(trace(problem));
        }
        return STATUS;
    }

    /** Whether a failure is only how the work was stopped. */
    private static boolean isInterruption(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof CancelledException
                    || cause instanceof ClosedByInterruptException
                    || cause instanceof InterruptedException) {
                return true;
            }
        }
        return false;
    }

    /**
     * Standard output took less than was written. Who reads only a part of it and closes ({@code | head}) meant that;
     * anything else is a failure.
     */
    static int reportLostOutput(Terminal terminal, int status, IOException problem) {
        if (status != 0 || messageOf(problem).contains("Broken pipe")) {
            return status;
        }
        terminal.println("skip-tuning: standard output could not be written: " + describe(problem));
        return STATUS;
    }

    private static String interrupted(CommandLine line, Exception exception) {
        long steps = exception instanceof TrainingInterruptedException training ? training.steps() : 0;
        String advice = line.getCommand() instanceof ToolCommand tool
                ? tool.resumeAdvice(steps).orElse("")
                : "";
        String done = steps > 0 ? " after step " + steps : "";
        return line.getCommandSpec().qualifiedName(" ") + ": interrupted" + done
                + (advice.isEmpty() ? "" : "; " + advice);
    }

    /** One line that a user can act on. */
    static String describe(Throwable problem) {
        String text = isDiskFull(problem)
                ? diskFull(problem)
                : switch (problem) {
                    case UnreadablePictureException bad ->
                        bad.problem() + "; --skip-bad-images leaves out pictures that cannot be read";
                    case BaseModelException moved -> moved.problem() + "; --model DIR says where it lies";
                    case SkipTuningException known -> messageOf(known);
                    case UncheckedIOException wrapped -> describe(Objects.requireNonNull(wrapped.getCause()));
                    case NoSuchFileException missing -> missing.getFile() + " does not exist; check the path";
                    case AccessDeniedException denied ->
                        denied.getFile() + " may not be accessed; check its permissions";
                    case IOException input -> messageOf(input);
                    case IllegalArgumentException argument -> messageOf(argument);
                    case OutOfMemoryError memory ->
                        "the Java heap is full (" + messageOf(memory)
                                + "); give it more with JDK_JAVA_OPTIONS=-Xmx8g in the environment";
                    default ->
                        "internal error: " + problem.getClass().getSimpleName() + ": " + messageOf(problem)
                                + "; please report it with the output of -v";
                };
        return shortened(Prose.plain(text.lines()
                .map(String::strip)
                .filter(line -> !line.isEmpty())
                .reduce((a, b) -> a + " " + b)
                .orElse("failed")));
    }

    /** One line that names what is wrong, whatever a file had in that place. */
    static String shortened(String line) {
        return line.length() <= MOST_CHARACTERS
                ? line
                : line.substring(0, MOST_CHARACTERS / 2) + " … " + line.substring(line.length() - MOST_CHARACTERS / 2);
    }

    private static String messageOf(Throwable problem) {
        return Optional.ofNullable(problem.getMessage())
                .filter(text -> !text.isBlank())
                .orElse(problem.getClass().getSimpleName());
    }

    private static boolean isDiskFull(Throwable problem) {
        String text = messageOf(problem);
        return problem instanceof IOException
                && (text.contains("No space left on device") || text.contains("Disk quota exceeded"));
    }

    private static String diskFull(Throwable problem) {
        String file = problem instanceof FileSystemException named
                ? Optional.ofNullable(named.getFile()).map(name -> name + ": ").orElse("")
                : "";
        return file + "no space left on the disk; free some or write elsewhere";
    }

    private static String trace(Throwable problem) {
        var text = new StringWriter();
        problem.printStackTrace(new PrintWriter(text));
        return text.toString().stripTrailing();
    }
}
