package org.skiptuning.cli;

import java.util.List;
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
        streams.terminal().println(command + ": " + problem + " (see " + command + " --help)");
        return STATUS;
    }

    private static String describe(ParameterException exception) {
        String message = firstLine(exception);
        if (exception instanceof UnmatchedArgumentException unmatched) {
            List<String> suggestions = unmatched.getSuggestions();
            String given = unmatched.getUnmatched().isEmpty() ? "" : unmatched.getUnmatched().getFirst();
            List<String> known = given.startsWith("-")
                    ? List.copyOf(unmatched.getCommandLine().getCommandSpec().optionsMap().keySet())
                    : List.copyOf(unmatched.getCommandLine().getSubcommands().keySet());
            var nearest = Nearest.of(given.replaceFirst("=.*", ""), known);
            if (nearest.isPresent()) {
                return message + "; did you mean " + nearest.get() + "?";
            }
            if (!suggestions.isEmpty()) {
                return message + "; did you mean " + suggestions.getFirst() + "?";
            }
            if (!given.startsWith("-") && !known.isEmpty()) {
                return "there is no command '" + given + "'; commands: " + String.join(", ", known);
            }
        }
        return message;
    }

    private static String firstLine(ParameterException exception) {
        String message = String.valueOf(exception.getMessage()).lines().findFirst().orElse("wrong usage").strip();
        return message.isEmpty() ? message : Character.toLowerCase(message.charAt(0)) + message.substring(1);
    }
}
