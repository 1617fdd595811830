package org.skiptuning.cli;

import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.skiptuning.ffi.NativeLibrary;
import org.skiptuning.files.Aside;
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
    private Optional<Aside<Boolean>> loading = Optional.empty();

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
        try {
            return run(output);
        } finally {
            loading.ifPresent(begun -> begun.discard(loaded -> {})); // a process that ends meanwhile may crash
            output.progress().close();
        }
    }

    /** Once the options are checked: the native core takes as long to load as the data take to be read. */
    final void loadCoreAhead() {
        loading = Optional.of(NativeLibrary.loadAhead());
    }

    /** Checks the options, then works and prints; returns the exit status. */
    abstract int run(Output output) throws Exception;
}
