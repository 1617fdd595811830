package org.skiptuning.cli;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import picocli.CommandLine;

/** Entry point of the command line. */
public final class Main {
    private Main() {}

    public static void main(String[] arguments) {
        // One output stream in UTF-8 whatever the locale: JSON and non-ASCII names look alike everywhere.
        var destination = new ResultStream(new FileOutputStream(FileDescriptor.out));
        var out = new PrintStream(destination, false, StandardCharsets.UTF_8);
        var err = new PrintStream(new FileOutputStream(FileDescriptor.err), true, StandardCharsets.UTF_8);
        var terminal = Terminal.ofProcess(err);
        System.setErr(terminal.guarded());
        var interruption = Interruption.onSignals(Thread.currentThread(), terminal);
        var streams = new Streams(out, terminal, interruption);
        int status = RawArguments.problem(arguments)
                .map(problem -> UsageErrors.report(streams, "skip-tuning", problem))
                .orElseGet(() -> run(streams, arguments));
        out.flush();
        System.exit(destination
                .failure()
                .map(problem -> Failures.reportLostOutput(terminal, status, problem))
                .orElse(status));
    }

    /** Runs one command in this JVM and returns its exit status: 0, 1, 2, or 128 and the number of a signal. */
    static int run(Streams streams, String... arguments) {
        try {
            int status = commandLine(streams, arguments).execute(arguments);
            return status == 0 && streams.interruption().requested()
                    ? streams.interruption().exitStatus()
                    : status;
        } catch (Error error) { // picocli lets these through: out of memory, a library that does not link
            var verbose = List.of(arguments);
            return Failures.report(
                    streams, "skip-tuning", error, verbose.contains("-v") || verbose.contains("--verbose"));
        }
    }

    /** @param arguments that it is for; with none it has all commands */
    static CommandLine commandLine(Streams streams, String... arguments) {
        var root = new SkipTuningCommand();
        var line = new CommandLine(root, new CommandFactory(streams));
        Commands.neededFor(arguments).forEach(line::addSubcommand);
        line.setOut(streams.writer());
        line.setErr(streams.terminal().writer());
        line.setExpandAtFiles(false);
        line.setUsageHelpWidth(streams.terminal().columns());
        line.setCaseInsensitiveEnumValuesAllowed(true);
        line.setAbbreviatedOptionsAllowed(false);
        line.setColorScheme(streams.terminal().colours());
        line.setExecutionExceptionHandler(
                (exception, command, parsed) -> Failures.report(streams, command, parsed, exception));
        line.setParameterExceptionHandler((exception, given) -> UsageErrors.report(streams, exception));
        Help.install(line);
        return line;
    }
}
