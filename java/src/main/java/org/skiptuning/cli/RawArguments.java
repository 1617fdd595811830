package org.skiptuning.cli;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.skiptuning.files.FileNames;

/** The command line's bytes: Java puts U+FFFD for what it cannot decode, and would then look for another file. */
final class RawArguments {
    private static final Path COMMAND_LINE = Path.of("/proc/self/cmdline");
    private static final char REPLACEMENT = '\uFFFD';

    private RawArguments() {}

    /** What is wrong with the arguments, or with the folder the program was started in. */
    static Optional<String> problem(String... arguments) {
        Path here = Path.of(System.getProperty("user.dir"));
        if (isDoubtful(here.toString()) && !Files.isDirectory(here)) {
            return Optional.of("the current folder " + here + " has a name that is not UTF-8 text: rename it, or start"
                    + " in another folder");
        }
        try {
            return List.of(arguments).stream().anyMatch(RawArguments::isDoubtful)
                    ? problem(Files.readAllBytes(COMMAND_LINE), arguments)
                    : Optional.empty();
        } catch (IOException noProcessFolder) {
            return Optional.empty();
        }
    }

    /** @param commandLine of the whole process, each part ended by a NUL; the arguments are its last parts */
    static Optional<String> problem(byte[] commandLine, String... arguments) {
        List<byte[]> parts = parts(commandLine);
        int before = parts.size() - arguments.length;
        for (int i = 0; i < arguments.length && before >= 0; i++) {
            byte[] raw = parts.get(before + i);
            if (isDoubtful(arguments[i]) && !arguments[i].equals(FileNames.escaped(raw))) {
                return Optional.of("there is an argument '" + FileNames.escaped(raw) + "', "
                        + FileNames.reason(raw, "if it names a file, rename that"));
            }
        }
        return Optional.empty();
    }

    private static boolean isDoubtful(String text) {
        return text.indexOf(REPLACEMENT) >= 0;
    }

    private static List<byte[]> parts(byte[] commandLine) {
        var parts = new ArrayList<byte[]>();
        var part = new ByteArrayOutputStream();
        for (byte value : commandLine) {
            if (value == 0) {
                parts.add(part.toByteArray());
                part.reset();
            } else {
                part.write(value);
            }
        }
        return parts;
    }
}
