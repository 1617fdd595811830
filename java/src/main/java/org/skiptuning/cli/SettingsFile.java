package org.skiptuning.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.skiptuning.Method;
import org.skiptuning.SkipTuning;
import org.skiptuning.SkipTuningBuilder;
import org.skiptuning.SkipTuningException;
import org.skiptuning.files.Folders;
import org.skiptuning.files.JsonProblem;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * The file of {@code --settings}.
 *
 * @param content settings by name, all or some
 */
record SettingsFile(Path path, ObjectNode content) {
    private static final JsonMapper STRICT = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    /** A run's files hold its settings, too: {@code config.json} one level deeper than the {@code --json} of train. */
    private static final List<String> AROUND_SETTINGS = List.of("skip_tuning", "settings");

    /** @throws SkipTuningException if it is no JSON object */
    static SettingsFile read(Path path) {
        try {
            JsonNode content = STRICT.readTree(Files.readString(path));
            for (String around : AROUND_SETTINGS) {
                content = content.path(around).isObject() ? content.get(around) : content;
            }
            if (content instanceof ObjectNode object) {
                return new SettingsFile(path, object);
            }
            throw new SkipTuningException(
                    "--settings " + path + " holds no JSON object: give what --print-config printed, or a part of it");
        } catch (IOException problem) {
            throw new SkipTuningException(
                    "--settings " + path + " cannot be read: " + Folders.reason(problem), problem);
        } catch (JacksonException problem) {
            throw new SkipTuningException(
                    "--settings " + path + " is not readable as JSON: " + JsonProblem.describe(problem), problem);
        }
    }

    Optional<Method> method() {
        JsonNode method = content.path("method");
        if (!method.isMissingNode() && !method.isString()) {
            throw new SkipTuningException("--settings " + path + ": \"method\" is " + method + ": use a text");
        }
        try {
            return method.isMissingNode() ? Optional.empty() : Optional.of(Method.of(method.stringValue()));
        } catch (IllegalArgumentException unknown) {
            throw new SkipTuningException("--settings " + path + ": " + unknown.getMessage(), unknown);
        }
    }

    Optional<Integer> shots() {
        JsonNode shots = content.path("shots");
        return shots.isInt() ? Optional.of(shots.intValue()) : Optional.empty();
    }

    /** Whether it leaves nothing to a preset or a schedule. */
    boolean isWhole(Method method) {
        JsonNode all = Json.read(SkipTuning.builder(method).json());
        return namesIn(content).containsAll(namesIn(all))
                && (!(content.path("own") instanceof ObjectNode own)
                        || namesIn(own).containsAll(namesIn(all.path("own"))));
    }

    private static Set<String> namesIn(JsonNode object) {
        return new TreeSet<>(object.propertyNames());
    }

    void applyTo(SkipTuningBuilder builder) {
        try {
            builder.json(content.toString());
        } catch (SkipTuningException unusable) {
            throw new SkipTuningException("--settings " + path + ": " + unusable.getMessage(), unusable);
        }
    }

    /** As in "learning_rate 0.001, epochs 3". */
    String describe() {
        return content.propertyStream()
                .map(entry -> entry.getKey() + " " + entry.getValue())
                .collect(Collectors.joining(", "));
    }

    /** Names of the settings it has, the method's own among them. */
    Set<String> names() {
        Set<String> all = namesIn(content);
        all.addAll(namesIn(content.path("own")));
        return all;
    }
}
