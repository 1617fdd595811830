package org.skiptuning.cli;

import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code help}: the same as --help. */
@Command(
        name = "help",
        header = "What a command does, and its options.",
        description = "The same as COMMAND --help.",
        customSynopsis = "skip-tuning help [COMMAND]",
        footer = {"  skip-tuning help train"})
final class HelpCommand implements Runnable {
    @Parameters(paramLabel = "COMMAND", arity = "0..1", description = "One of the commands.")
    private Optional<String> command = Optional.empty();

    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public void run() {
        if (spec == null) {
            return;
        }
        CommandLine root = spec.root().commandLine();
        CommandLine shown = command.isEmpty() ? root : root.getSubcommands().get(command.get());
        if (shown == null) {
            throw new UsageException(Converters.unknown(
                    "command",
                    command.orElseThrow(),
                    root.getSubcommands().keySet().stream().toList()));
        }
        shown.usage(root.getOut());
    }
}
