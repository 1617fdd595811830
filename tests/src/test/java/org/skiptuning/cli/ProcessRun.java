package org.skiptuning.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * The command line as a process of its own, started as the launcher starts it.
 *
 * @param out what it wrote on standard output
 * @param err what it wrote on standard error, less progress
 */
record ProcessRun(int status, String out, String err) {
    private static final long PATIENCE_SECONDS = 120;

    static ProcessRun of(Path folder, String... arguments) throws Exception {
        try (var started = start(folder, Map.of(), arguments)) {
            return started.await();
        }
    }

    static Started start(Path folder, Map<String, String> environment, String... arguments) throws IOException {
        return start(folder, environment, Files.createTempFile(folder, "out", ".txt"), arguments);
    }

    /** With standard output in another place than a file of its own. */
    static Started start(Path folder, Path out, String... arguments) throws IOException {
        return start(folder, Map.of(), out, arguments);
    }

    private static Started start(Path folder, Map<String, String> environment, Path out, String... arguments)
            throws IOException {
        var command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-XX:+UseSerialGC",
                "-Djava.awt.headless=true",
                "-cp",
                System.getProperty("java.class.path"),
                "org.skiptuning.cli.Main"));
        command.addAll(List.of(arguments));
        Path err = Files.createTempFile(folder, "err", ".txt");
        var builder = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectOutput(out.toFile())
                .redirectError(err.toFile());
        builder.environment().put("LC_ALL", "C.UTF-8");
        builder.environment().keySet().removeAll(List.of("JAVA_TOOL_OPTIONS", "COLUMNS"));
        builder.environment().putAll(environment);
        return new Started(builder.start(), out, err);
    }

    /** A process that may still run; closing ends it. */
    record Started(Process process, Path out, Path err) implements AutoCloseable {
        ProcessRun await() throws Exception {
            if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                throw new AssertionError(
                        "still running after " + PATIENCE_SECONDS + " s; it wrote: " + Files.readString(err));
            }
            return new ProcessRun(
                    process.exitValue(),
                    Files.isRegularFile(out) ? Files.readString(out) : "",
                    CommandRun.withoutProgress(Files.readString(err)));
        }

        /** Sends a signal by name, such as INT. */
        void signal(String name) throws Exception {
            new ProcessBuilder("kill", "-" + name, Long.toString(process.pid()))
                    .inheritIO()
                    .start()
                    .waitFor();
        }

        @Override
        public void close() {
            process.destroyForcibly();
        }
    }
}
