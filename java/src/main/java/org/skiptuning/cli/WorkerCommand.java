package org.skiptuning.cli;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.skiptuning.benchmark.job.JobWorker;
import picocli.CommandLine.Command;

/** {@code worker}: the other end of {@code benchmark --workers}. */
@Command(
        name = "worker",
        hidden = true,
        header = "Does the jobs that it reads from standard input.",
        description = "Started by benchmark; not for people.",
        customSynopsis = "skip-tuning worker",
        footer = "  skip-tuning worker")
final class WorkerCommand extends ToolCommand {
    @Override
    int run(Output output) throws IOException {
        // A terminal's Ctrl-C goes to all its processes: the one that started this one says what becomes of it.
        Interruption.ignoreCtrlC();
        JobWorker.serve(
                new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8)),
                output.streams().out(),
                () -> Runtime.getRuntime().halt(Failures.STATUS));
        return 0;
    }

    /** What starts another process like this one as a worker. */
    static List<String> command() {
        var command = new ArrayList<String>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                .filter(argument -> !argument.startsWith("-agentlib") && !argument.startsWith("-javaagent"))
                .toList());
        command.add("-cp");
        command.add(absolute(System.getProperty("java.class.path")));
        command.add(Main.class.getName());
        command.add("worker");
        return command;
    }

    private static String absolute(String classPath) {
        return String.join(
                File.pathSeparator,
                java.util.Arrays.stream(classPath.split(File.pathSeparator))
                        .map(part -> Path.of(part).toAbsolutePath().toString())
                        .toList());
    }
}
