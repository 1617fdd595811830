package org.skiptuning.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.skiptuning.SkipTuningException;

/** What a command writes: nothing that it reads, nothing twice, and no file of a model's folder. */
final class OutputFiles {
    /** Names that checkpoints and runs give their files. */
    private static final Pattern OF_MODELS =
            Pattern.compile(".+\\.(safetensors|bin|pt)|(.+_)?config\\.json|metrics\\.jsonl"
                    + "|merges\\.txt|(run|recipe|vocab|vocabulary|tokenizer|special_tokens_map)\\.json");

    /** A path and the option that gave it. */
    private record Given(String option, Path path) {}

    private final List<String> streams = new ArrayList<>();
    private final List<Given> written = new ArrayList<>();
    private final List<Given> read = new ArrayList<>();
    private final List<Given> filled = new ArrayList<>();

    private OutputFiles() {}

    /**
     * What {@code --output} names, where that has to be a folder.
     *
     * @param what goes into it
     * @throws UsageException if it is not given
     * @throws SkipTuningException if it is a file
     */
    static Path requireFolder(@Nullable Path output, String what) {
        if (output == null) {
            throw new UsageException("--output is missing: name a folder for the " + what);
        }
        if (Files.exists(output) && !Files.isDirectory(output)) {
            throw new SkipTuningException("--output " + output + " is a file: name a folder");
        }
        return output;
    }

    /** Begins with what {@code --json} names. */
    static OutputFiles of(CommonOptions common) {
        return new OutputFiles().writesOrPrints("--json", common.json());
    }

    /** To a file or a folder. */
    OutputFiles writes(String option, Path path) {
        if (path.toString().equals(CommonOptions.STANDARD_OUTPUT)) {
            throw new UsageException(
                    option + " cannot be standard output: name a file, or ./- if that is what it is called");
        }
        written.add(new Given(option, path));
        return this;
    }

    /** To a file, or to standard output. */
    OutputFiles writesOrPrints(String option, Optional<String> given) {
        if (given.equals(Optional.of(CommonOptions.STANDARD_OUTPUT))) {
            streams.add(option);
        } else {
            given.map(Path::of).ifPresent(path -> writes(option, path));
        }
        return this;
    }

    /** To a folder whose files are all its own: nothing else goes there. */
    OutputFiles fills(String option, Path folder) {
        filled.add(new Given(option, folder));
        return writes(option, folder);
    }

    OutputFiles reads(String option, List<Path> paths) {
        paths.forEach(path -> read.add(new Given(option, path)));
        return this;
    }

    OutputFiles reads(String option, Optional<Path> path) {
        return reads(option, path.stream().toList());
    }

    /** @throws UsageException naming the two options that collide */
    void check() {
        if (streams.size() > 1) {
            throw new UsageException(
                    String.join(" and ", streams) + " both ask for standard output: give one of them a file");
        }
        for (int i = 0; i < written.size(); i++) {
            for (Given other : written.subList(i + 1, written.size())) {
                refuseSame(other, written.get(i), "both name " + other.path() + ": give them different ones");
                refuseInside(other, written.get(i));
                refuseInside(written.get(i), other);
            }
            for (Given folder : filled) {
                refuseBelow(written.get(i), folder);
            }
            for (Given input : read) {
                refuseSame(
                        written.get(i),
                        input,
                        "are both " + input.path() + ", which would be overwritten: name another for the result");
                refuseInside(written.get(i), input);
            }
        }
    }

    private static void refuseSame(Given output, Given other, String why) {
        if (isSame(output.path(), other.path())) {
            throw new UsageException(output.option() + " and " + other.option() + " " + why);
        }
    }

    private static void refuseBelow(Given output, Given folder) {
        Path file = place(output.path());
        Path whole = place(folder.path());
        if (file.startsWith(whole) && !file.equals(whole)) {
            throw new UsageException(output.option() + " " + output.path() + " lies in " + folder.option()
                    + ", whose files are its own: choose another place");
        }
    }

    private static void refuseInside(Given output, Given folder) {
        Path file = place(output.path());
        if (place(folder.path()).equals(file.getParent())
                && OF_MODELS.matcher(String.valueOf(file.getFileName())).matches()
                && (Files.isDirectory(folder.path()) || !Files.exists(folder.path()))) {
            throw new UsageException(output.option() + " " + output.path() + " is the name of a file that belongs to "
                    + folder.option() + ": choose another");
        }
    }

    /** Devices are nobody's own. */
    private static boolean isSame(Path first, Path second) {
        try {
            return Files.exists(first) && Files.exists(second)
                    ? (Files.isRegularFile(first) || Files.isDirectory(first)) && Files.isSameFile(first, second)
                    : place(first).equals(place(second));
        } catch (IOException unreadable) {
            return false;
        }
    }

    /** In full, links resolved as far as there is something. */
    private static Path place(Path path) {
        Path whole = path.toAbsolutePath().normalize();
        try {
            Path parent = whole.getParent();
            return Files.exists(whole)
                    ? whole.toRealPath()
                    : parent == null ? whole : parent.toRealPath().resolve(whole.getFileName());
        } catch (IOException unreadable) {
            return whole;
        }
    }
}
