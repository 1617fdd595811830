package org.skiptuning.cli;

import org.jspecify.annotations.Nullable;
import picocli.AutoComplete;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code completion}. */
@Command(
        name = "completion",
        header = "A script for bash and zsh that completes commands and options.",
        description = "Prints the script; zsh reads it through bashcompinit, which the script loads itself.",
        customSynopsis = "skip-tuning completion",
        footer = {
            "  source <(skip-tuning completion)",
            "  skip-tuning completion > ~/.local/share/bash-completion/completions/skip-tuning",
            "  echo 'source <(skip-tuning completion)' >> ~/.zshrc"
        })
final class CompletionCommand implements Runnable {
    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public void run() {
        if (spec != null) {
            var root = spec.root().commandLine();
            root.getOut().print(AutoComplete.bash(root.getCommandName(), root));
            root.getOut().flush();
        }
    }
}
