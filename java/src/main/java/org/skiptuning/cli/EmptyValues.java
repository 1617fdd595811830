package org.skiptuning.cli;

import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.ParseResult;

/** Options given as {@code ""}, mostly by a script's unset variable: as a path that would be the current folder. */
final class EmptyValues {
    /** An empty text has features like any other. */
    private static final String MAY_BE_EMPTY = "--text";

    private EmptyValues() {}

    /** @throws UsageException naming the first */
    static void refuse(ParseResult parsed) {
        for (OptionSpec option : parsed.matchedOptions()) {
            if (option.arity().max() > 0
                    && !option.longestName().equals(MAY_BE_EMPTY)
                    && option.originalStringValues().contains("")) {
                throw new UsageException(option.longestName() + " is empty: give it a value, or leave it out");
            }
        }
        for (PositionalParamSpec positional : parsed.matchedPositionals()) {
            if (positional.originalStringValues().contains("")) {
                throw new UsageException(positional.paramLabel() + " is empty: give a name");
            }
        }
    }
}
