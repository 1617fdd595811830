package org.skiptuning.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.skiptuning.Method;
import org.skiptuning.SkipTuningBuilder;
import org.skiptuning.SkipTuningException;
import org.skiptuning.files.Folders;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The file of {@code --settings}. */
record SettingsFile(Path path, String text, JsonNode content) {
    /** @throws SkipTuningException if it is no JSON object */
    static SettingsFile read(Path path) {
        try {
            String text = Files.readString(path);
            JsonNode content = JsonMapper.shared().readTree(text);
            if (!content.isObject()) {
                throw new SkipTuningException("--settings " + path + " holds no JSON object: give what --print-config"
                        + " printed, or a part of it");
            }
            return new SettingsFile(path, text, content);
        } catch (IOException problem) {
            throw new SkipTuningException(
                    "--settings " + path + " cannot be read: " + Folders.reason(problem), problem);
        } catch (JacksonException problem) {
            throw new SkipTuningException("--settings " + path + " is not readable as JSON", problem);
        }
    }

    Optional<Method> method() {
        try {
            return Optional.ofNullable(content.path("method").asString(null)).map(Method::of);
        } catch (IllegalArgumentException unknown) {
            throw new SkipTuningException("--settings " + path + ": " + unknown.getMessage(), unknown);
        }
    }

    Optional<Integer> shots() {
        JsonNode shots = content.path("shots");
        return shots.isInt() ? Optional.of(shots.intValue()) : Optional.empty();
    }

    void applyTo(SkipTuningBuilder builder) {
        try {
            builder.json(text);
        } catch (SkipTuningException | IllegalArgumentException unusable) {
            throw new SkipTuningException("--settings " + path + ": " + unusable.getMessage(), unusable);
        }
    }
}
