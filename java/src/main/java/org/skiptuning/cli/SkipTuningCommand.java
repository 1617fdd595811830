package org.skiptuning.cli;

import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** The program without a command: prints its help where problems go, for it was called wrongly. */
@Command(
        name = "skip-tuning",
        scope = ScopeType.INHERIT,
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        sortOptions = false,
        sortSynopsis = false,
        abbreviateSynopsis = true,
        usageHelpAutoWidth = false,
        synopsisHeading = "%nUsage: ",
        descriptionHeading = "%n",
        commandListHeading = "%n@|bold Commands:|@%n",
        footerHeading = "%n@|bold Examples:|@%n",
        customSynopsis = "skip-tuning COMMAND [OPTIONS]",
        description =
                "Fine-tunes CLIP by Skip Tuning: only its last blocks, on cached features, against only the classes that matter.",
        footer = {
            "  skip-tuning demo",
            "  skip-tuning train --model ViT-B-16.pt --data photos --output runs/photos",
            "  skip-tuning predict --tuned runs/photos --classes cat,dog photos/1.jpg",
            "",
            "skip-tuning COMMAND --help says more of a command. Exit status: 0 done, 1 failed, 2 wrong usage, 130 or 143 interrupted."
        })
final class SkipTuningCommand implements Callable<Integer> {
    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public Integer call() {
        if (spec != null) {
            spec.commandLine().usage(spec.commandLine().getErr());
        }
        return UsageErrors.STATUS;
    }
}
