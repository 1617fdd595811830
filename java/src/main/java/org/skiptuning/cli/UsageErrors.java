package org.skiptuning.cli;

import org.skiptuning.report.Prose;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** Wrong usage: one line that says what is wrong, the nearest match, and where the help is; exit status 2. */
final class UsageErrors {
    static final int STATUS = 2;

    private UsageErrors() {}

    static int report(Streams streams, ParameterException exception) {
        CommandLine line = exception.getCommandLine();
        return report(streams, line.getCommandSpec().qualifiedName(" "), describe(exception));
    }

    static int report(Streams streams, String command, String problem) {
        streams.terminal()
                .println(command + ": " + Prose.plain(Failures.shortened(problem)) + " (see " + command + " --help)");
        return STATUS;
    }

    private static String describe(ParameterException exception) {
        String message = firstLine(exception);
        return exception instanceof UnmatchedArgumentException unmatched
                        && !unmatched.getUnmatched().isEmpty()
                ? describe(unmatched.getUnmatched().getFirst(), unmatched.getCommandLine())
                : message;
    }

    private static String describe(String given, CommandLine line) {
        if (given.startsWith("-")) {
            String name = given.replaceFirst("=.*", "");
            return "unknown option '" + name + "'"
                    + Nearest.of(name, line.getCommandSpec().optionsMap().keySet())
                            .map(UsageErrors::question)
                            .orElse("");
        }
        var commands = line.getSubcommands().keySet();
        return commands.isEmpty()
                ? "unexpected argument '" + given + "'"
                : "there is no command '" + given + "'"
                        + Nearest.of(given, commands)
                                .map(UsageErrors::question)
                                .orElse(": use " + String.join(", ", commands));
    }

    private static String question(String nearest) {
        return "; did you mean " + nearest + "?";
    }

    private static String firstLine(ParameterException exception) {
        String message = String.valueOf(exception.getMessage())
                .lines()
                .findFirst()
                .orElse("wrong usage")
                .strip();
        return message.isEmpty() ? message : Character.toLowerCase(message.charAt(0)) + message.substring(1);
    }
}
