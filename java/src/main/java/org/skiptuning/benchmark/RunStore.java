package org.skiptuning.benchmark;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.skiptuning.SkipTuning;
import org.skiptuning.SkipTuningException;
import org.skiptuning.files.AtomicFile;
import org.skiptuning.files.Folders;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.json.JsonMapper;

/** Results on disk: a folder a run, {@code result.json} in it written last and whole, so that finished runs are skipped. */
final class RunStore {
    private static final JsonMapper JSON = JsonMapper.builder()
            .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
            .build();

    private final Path folder;
    private final String about;

    /** @param about what all results hang on beside their settings: model and data */
    RunStore(Path folder, String about) {
        this.folder = folder;
        this.about = about;
    }

    private record Stored(String about, Object settings, RunOutcome outcome) {}

    /**
     * A finished run's outcome.
     *
     * @throws SkipTuningException if the folder holds a run with other settings
     */
    Optional<RunOutcome> find(RunSpec run) {
        var file = file(run);
        if (!Files.isRegularFile(file)) {
            return Optional.empty();
        }
        try {
            var stored = JSON.readTree(Files.readString(file));
            if (!stored.path("about").asString("").equals(about)
                    || !stored.path("settings").equals(settings(run))) {
                throw new SkipTuningException(
                        file + " is of a run with other settings, another model or other data: name another --output");
            }
            return Optional.of(JSON.treeToValue(stored.get("outcome"), RunOutcome.class));
        } catch (IOException | JacksonException e) {
            throw new SkipTuningException(file + " cannot be read: remove it, and the run is done again", e);
        }
    }

    void keep(RunSpec run, RunOutcome outcome) {
        Folders.create(folder.resolve(run.path()));
        AtomicFile.write(
                file(run),
                JSON.writerWithDefaultPrettyPrinter().writeValueAsString(new Stored(about, settings(run), outcome))
                        + "\n");
    }

    private static JsonNode settings(RunSpec run) {
        return JSON.readTree(SkipTuning.builder(run.settings()).json());
    }

    private Path file(RunSpec run) {
        return folder.resolve(run.path()).resolve("result.json");
    }
}
