package org.skiptuning.benchmark;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Map;
import java.util.Optional;
import org.skiptuning.SkipTuning;
import org.skiptuning.SkipTuningException;
import org.skiptuning.TrainingSettings;
import org.skiptuning.files.Folders;
import org.skiptuning.report.Prose;
import tools.jackson.databind.JsonNode;

/**
 * A comparison's runs on disk: a folder a run, whose file is written last and whole, so that finished runs are skipped;
 * and what all of them hang on, {@value #KIND}.
 */
final class RunStore {
    private static final String KIND = "comparison.json";
    static final String ANOTHER = "; name another --output";

    private final Path folder;
    private final JsonNode kind;

    private RunStore(Path folder, JsonNode kind) {
        this.folder = folder;
        this.kind = kind;
    }

    private record StoredRun(JsonNode kind, JsonNode settings, RunOutcome outcome) {}

    /**
     * Says whether a folder takes a comparison, and leaves it as it is.
     *
     * @param kind what all results hang on beside their settings, by name
     * @throws SkipTuningException if it holds a comparison of another kind, naming what differs; or what is none
     */
    static void check(Path folder, Map<String, String> kind) {
        var file = folder.resolve(KIND);
        if (!Files.isRegularFile(file)) {
            requireEmpty(folder);
            return;
        }
        var differences = StoreFiles.differences(StoreFiles.read(file), StoreFiles.JSON.valueToTree(kind));
        if (!differences.isEmpty()) {
            throw new SkipTuningException(
                    folder + " holds a comparison with " + Prose.list(differences) + ANOTHER + ", or give the same");
        }
    }

    /** Opens a comparison's folder, or begins one; throws as {@link #check}. */
    static RunStore open(Path folder, Map<String, String> kind) {
        check(folder, kind);
        var own = StoreFiles.JSON.<JsonNode>valueToTree(kind);
        Folders.create(folder);
        StoreFiles.write(folder.resolve(KIND), own);
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

    Path folder() {
        return folder;
    }

    /**
     * A finished run's outcome.
     *
     * @throws SkipTuningException if the folder holds a run with other settings, or a damaged one
     */
    Optional<RunOutcome> find(RunSpec run) {
        var file = folder.resolve(run.file());
        if (!Files.isRegularFile(file)) {
            return Optional.empty();
        }
        var stored = StoreFiles.read(file);
        var differences = new ArrayList<>(StoreFiles.differences(stored.path("kind"), kind));
        differences.addAll(StoreFiles.differences(stored.path("settings"), settings(run.settings())));
        if (!differences.isEmpty()) {
            throw new SkipTuningException(file + " is of a run with " + Prose.list(differences) + ANOTHER);
        }
        var outcome = StoreFiles.parsed(file, stored.path("outcome"), RunOutcome.class);
        if (outcome.error().isEmpty() && outcome.accuracy(run.purpose()).isEmpty()) {
            throw StoreFiles.unreadable(file, null);
        }
        // What failed may do better another time, unless its numbers would run away again.
        return Optional.of(outcome).filter(found -> found.error().isEmpty() || found.diverged());
    }

    void keep(RunSpec run, RunOutcome outcome) {
        var file = folder.resolve(run.file());
        Folders.create(file.resolveSibling(""));
        StoreFiles.write(file, new StoredRun(kind, settings(run.settings()), outcome));
    }

    static JsonNode settings(TrainingSettings settings) {
        return StoreFiles.JSON.readTree(SkipTuning.builder(settings).json());
    }
}
