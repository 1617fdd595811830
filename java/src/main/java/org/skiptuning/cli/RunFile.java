package org.skiptuning.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.skiptuning.SkipTuningException;
import tools.jackson.core.JacksonException;

/** {@code run.json} in a run's folder: which model and data the run was given. Also the mark of a folder of ours. */
final class RunFile {
    static final String NAME = "run.json";
    static final String MODEL = "model";
    static final String CONFIG = "config";

    /** What a pre-training run writes first. */
    private static final String PRETRAINING = "recipe.json";

    /** Runs of the Java library, and those that were interrupted, have the second alone. */
    private static final List<String> MARKS = List.of(NAME, "resume.safetensors");

    /** What a run that failed or was killed before its first state was whole leaves; the lock is there from the start. */
    private static final String LOCK = ".lock";

    private static final Pattern LEFTOVER = Pattern.compile("\\.lock|\\..*\\.partial|metrics\\.jsonl");

    private RunFile() {}

    /**
     * Makes the folder a run may write to: new, empty, or one of an earlier run.
     *
     * @throws SkipTuningException if it holds other files
     */
    static void claim(Path directory) {
        try {
            if (Files.exists(directory) && !Files.isDirectory(directory)) {
                throw new SkipTuningException("--output " + directory + " is a file: name a folder");
            }
            if (Files.exists(directory.resolve(PRETRAINING)) && !Files.exists(directory.resolve(NAME))) {
                throw new SkipTuningException(
                        "--output " + directory + " holds a pre-training run: name a new or an empty folder");
            }
            if (Files.isDirectory(directory) && !isOurs(directory)) {
                throw new SkipTuningException("--output " + directory
                        + " holds files that no run of this program made: name a new or an empty folder");
            }
            if (Files.isSymbolicLink(directory) && !Files.exists(directory)) {
                throw new SkipTuningException(
                        "--output " + directory + " is a link to nothing: remove it, or name another folder");
            }
            Files.createDirectories(directory);
        } catch (IOException problem) {
            throw new SkipTuningException(
                    "--output " + directory + " cannot be made: " + Failures.describe(problem), problem);
        }
    }

    /** Empty but for leftovers, or marked by a run. */
    private static boolean isOurs(Path directory) throws IOException {
        try (var entries = Files.list(directory)) {
            var names = entries.map(entry -> entry.getFileName().toString()).toList();
            return names.isEmpty()
                    || MARKS.stream().anyMatch(names::contains)
                    || (names.contains(LOCK) && names.stream().allMatch(LEFTOVER.asMatchPredicate()));
        }
    }

    static void write(Path directory, Map<String, String> model, Map<String, String> data) {
        var content = new LinkedHashMap<String, Object>();
        content.put("program", "skip-tuning " + Version.text());
        content.putAll(model);
        content.putAll(data);
        WholeFile.write(directory.resolve(NAME), (Json.pretty(content) + "\n").getBytes(StandardCharsets.UTF_8));
    }

    /** The text values in the file, if there is one. */
    static Optional<Map<String, String>> read(Path directory) {
        Path file = directory.resolve(NAME);
        if (!Files.isRegularFile(file)) {
            return Optional.empty();
        }
        try {
            return Optional.of(Json.texts(Files.readString(file)));
        } catch (IOException | JacksonException problem) {
            throw new SkipTuningException(file + " is not readable as JSON: give --data on the command line", problem);
        }
    }
}
