package org.skiptuning.benchmark;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.skiptuning.Method;
import org.skiptuning.SkipTuning;
import org.skiptuning.SkipTuningException;
import org.skiptuning.files.AtomicFile;
import org.skiptuning.files.Folders;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.json.JsonMapper;

/**
 * A comparison's results on disk: a folder a run, whose file is written last and whole, so that finished runs are
 * skipped; a file a finished row; and what all of them hang on, {@value #KIND}.
 */
final class RunStore {
    private static final String KIND = "comparison.json";
    private static final String ROW = "row.json";
    private static final String ANOTHER = "; name another --output";

    private static final JsonMapper JSON = JsonMapper.builder()
            .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
            .build();

    private final Path folder;
    private final JsonNode kind;

    private RunStore(Path folder, JsonNode kind) {
        this.folder = folder;
        this.kind = kind;
    }

    private record StoredRun(JsonNode kind, JsonNode settings, RunOutcome outcome) {}

    private record StoredRow(List<Double> rateFactors, double rateFactor, List<Long> seeds) {}

    /**
     * Opens a comparison's folder, or begins one.
     *
     * @param kind what all results hang on beside their settings, by name
     * @throws SkipTuningException if the folder holds a comparison of another kind; names what differs
     */
    static RunStore open(Path folder, Map<String, String> kind) {
        var file = folder.resolve(KIND);
        var own = JSON.<JsonNode>valueToTree(kind);
        if (Files.isRegularFile(file)) {
            var differences = differences(read(file), own);
            if (!differences.isEmpty()) {
                throw new SkipTuningException(folder + " holds a comparison with " + Prose.list(differences) + ANOTHER
                        + ", or give the same");
            }
        } else {
            requireEmpty(folder);
            Folders.create(folder);
            write(file, own);
        }
        return new RunStore(folder, own);
    }

    /** What others keep in a folder is neither ours to report nor to replace. */
    private static void requireEmpty(Path folder) {
        if (!Files.isDirectory(folder)) {
            return;
        }
        try (var entries = Files.list(folder)) {
            if (entries.findAny().isPresent()) {
                throw new SkipTuningException(
                        folder + " holds files that no comparison made: name a new or an empty folder");
            }
        } catch (IOException e) {
            throw new SkipTuningException("Cannot read " + folder + ": " + Folders.reason(e), e);
        }
    }

    /**
     * A finished run's outcome.
     *
     * @throws SkipTuningException if the folder holds a run with other settings
     */
    Optional<RunOutcome> find(RunSpec run) {
        var file = folder.resolve(run.file());
        if (!Files.isRegularFile(file)) {
            return Optional.empty();
        }
        var stored = read(file);
        var differences = new ArrayList<>(differences(stored.path("kind"), kind));
        differences.addAll(differences(stored.path("settings"), settings(run)));
        if (!differences.isEmpty()) {
            throw new SkipTuningException(file + " is of a run with " + Prose.list(differences) + ANOTHER);
        }
        // What failed may do better another time.
        return Optional.of(outcome(file, stored))
                .filter(outcome -> outcome.error().isEmpty());
    }

    void keep(RunSpec run, RunOutcome outcome) {
        var file = folder.resolve(run.file());
        Folders.create(file.resolveSibling(""));
        write(file, new StoredRun(kind, settings(run), outcome));
    }

    /** So that a later comparison in this folder has it, too. */
    void keep(Comparison.Row row) {
        write(
                folder.resolve(RunSpec.folder(row.method(), row.shots())).resolve(ROW),
                new StoredRow(row.rateFactors(), row.rateFactor(), row.seeds()));
    }

    /** All rows that were kept and whose runs are still there. */
    List<Comparison.Row> rows() {
        var rows = new ArrayList<Comparison.Row>();
        for (var method : Method.all()) {
            for (var shots : shots(method)) {
                row(method, shots).ifPresent(rows::add);
            }
        }
        return rows;
    }

    private List<Integer> shots(Method method) {
        var ofMethod = folder.resolve(method.toString());
        if (!Files.isDirectory(ofMethod)) {
            return List.of();
        }
        try (var folders = Files.list(ofMethod)) {
            return folders.map(path -> String.valueOf(path.getFileName()))
                    .filter(name -> name.matches("[1-9]\\d{0,8}-shots"))
                    .map(name -> Integer.valueOf(name.substring(0, name.indexOf('-'))))
                    .toList();
        } catch (IOException e) {
            throw new SkipTuningException("Cannot read " + ofMethod + ": " + Folders.reason(e), e);
        }
    }

    private Optional<Comparison.Row> row(Method method, int shots) {
        var file = folder.resolve(RunSpec.folder(method, shots)).resolve(ROW);
        if (!Files.isRegularFile(file)) {
            return Optional.empty();
        }
        var stored = parsed(file, read(file), StoredRow.class);
        var outcomes = new ArrayList<RunOutcome>();
        for (var seed : stored.seeds()) {
            var run = folder.resolve(RunSpec.folder(method, shots, seed, stored.rateFactor()))
                    .resolve("result.json");
            if (!Files.isRegularFile(run)) {
                return Optional.empty();
            }
            outcomes.add(outcome(run, read(run)));
        }
        return Optional.of(new Comparison.Row(method, shots, stored.rateFactors(), stored.rateFactor(), outcomes));
    }

    /** As in "epochs 1 instead of 2". */
    private static List<String> differences(JsonNode stored, JsonNode own) {
        var differences = new ArrayList<String>();
        for (var name : own.propertyNames()) {
            // By text: a number that went through a file may come back as another type of node.
            var given = text(own.path(name));
            var before = text(stored.path(name));
            if (!given.equals(before)) {
                var isHash = given.matches("[0-9a-f]{64}");
                var words = name.replace('_', ' ');
                differences.add(isHash ? "another " + words : words + " " + before + " instead of " + given);
            }
        }
        return differences;
    }

    private static String text(JsonNode node) {
        return node.isString() ? node.stringValue() : node.isMissingNode() ? "unknown" : node.toString();
    }

    private static JsonNode settings(RunSpec run) {
        return JSON.readTree(SkipTuning.builder(run.settings()).json());
    }

    private static RunOutcome outcome(Path file, JsonNode stored) {
        var outcome = parsed(file, stored.path("outcome"), RunOutcome.class);
        if (outcome.error().isEmpty()
                && outcome.validation().isEmpty()
                && outcome.base().isEmpty()) {
            throw unreadable(file, null);
        }
        return outcome;
    }

    private static JsonNode read(Path file) {
        try {
            var content = JSON.readTree(Files.readString(file));
            if (!content.isObject()) { // as a disk that was full leaves it
                throw unreadable(file, null);
            }
            return content;
        } catch (IOException | JacksonException e) {
            throw unreadable(file, e);
        }
    }

    private static <T> T parsed(Path file, JsonNode node, Class<T> type) {
        try {
            return Optional.ofNullable(JSON.treeToValue(node, type)).orElseThrow(() -> unreadable(file, null));
        } catch (JacksonException e) {
            throw unreadable(file, e);
        }
    }

    private static SkipTuningException unreadable(Path file, @Nullable Exception cause) {
        return new SkipTuningException(file + " cannot be read: remove it, and what it holds is done again", cause);
    }

    private static void write(Path file, Object value) {
        AtomicFile.write(file, JSON.writerWithDefaultPrettyPrinter().writeValueAsString(value) + "\n");
    }
}
