package org.skiptuning.cli;

import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.skiptuning.ffi.Loading;
import org.skiptuning.ffi.NativeLibrary;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** What all commands have in common: the common options, and the order validate, work, print. */
abstract class ToolCommand implements Callable<Integer> {
    @Mixin
    private final CommonOptions common = new CommonOptions();

    @Spec
    private @Nullable CommandSpec spec;

    private @Nullable Streams streams;

    final void attach(Streams given) {
        streams = given;
    }

    final CommonOptions common() {
        return common;
    }

    /** Whether standard output takes what programs read, and so nothing else. */
    boolean printsForPrograms() {
        return common.jsonToStandardOutput();
    }

    /** How to go on after an interruption, for commands that can. */
    Optional<String> resumeAdvice(long stepsDone) {
        return Optional.empty();
    }

    @Override
    public final Integer call() throws Exception {
        var given = streams;
        if (given == null) {
            throw new IllegalStateException("the command was not made by the command factory");
        }
        if (spec != null) {
            EmptyValues.refuse(spec.commandLine().getParseResult());
        }
        common.prepare();
        var output = new Output(given, common, !common.quiet() && !printsForPrograms());
        // Its libraries take as long to load as options and data take to be read.
        var loading = usesCore() ? Optional.of(NativeLibrary.loadAhead()) : Optional.<Loading>empty();
        try {
            return run(output);
        } finally {
            loading.ifPresent(Loading::await); // for a process that ends while libraries load may crash
            output.progress().close();
        }
    }

    /** Whether it is sure to need the native core. */
    boolean usesCore() {
        return true;
    }

    /** Checks the options, then works and prints; returns the exit status. */
    abstract int run(Output output) throws Exception;
}
