package org.skiptuning.benchmark.job;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.skiptuning.SkipTuningException;
import org.skiptuning.files.AtomicFile;
import org.skiptuning.files.Folders;
import org.skiptuning.report.Prose;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.json.JsonMapper;

/** JSON files of a sweep: written whole, read with suspicion, and compared name by name. */
public final class JobFiles {
    public static final JsonMapper JSON = JsonMapper.builder()
            .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
            .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
            .build();

    /** Names of data sets' fingerprints begin with it. */
    static final String DATA_OF = "data of ";

    /** None of a sweep's is nearly as long. */
    private static final long MOST_BYTES = 64L << 20;

    private JobFiles() {}

    /** @throws SkipTuningException if it is not a JSON object, or cannot be read */
    public static JsonNode read(Path file) {
        try {
            if (!Files.isRegularFile(file) || Files.size(file) > MOST_BYTES) {
                throw unreadable(file, null);
            }
            var content = JSON.readTree(Files.readString(file));
            if (!content.isObject()) { // as a disk that was full leaves it
                throw unreadable(file, null);
            }
            return content;
        } catch (CharacterCodingException | JacksonException damaged) {
            throw unreadable(file, damaged);
        } catch (IOException refused) {
            throw new SkipTuningException(file + " cannot be read: " + Folders.reason(refused), refused);
        }
    }

    public static <T> T parsed(Path file, JsonNode node, Class<T> type) {
        try {
            return Optional.ofNullable(JSON.treeToValue(node, type)).orElseThrow(() -> unreadable(file, null));
        } catch (JacksonException e) {
            throw unreadable(file, e);
        }
    }

    public static SkipTuningException unreadable(Path file, @Nullable Exception cause) {
        return new SkipTuningException(file + " cannot be read: remove it, and what it holds is done again", cause);
    }

    public static void write(Path file, Object value) {
        AtomicFile.write(file, JSON.writerWithDefaultPrettyPrinter().writeValueAsString(value) + "\n");
    }

    /** As in "epochs 1 instead of 2". */
    public static List<String> differences(JsonNode stored, JsonNode own) {
        var differences = new ArrayList<String>();
        for (var name : own.propertyNames()) {
            // By text: a number that went through a file may come back as another type of node.
            var given = text(own.path(name));
            var before = text(stored.path(name));
            if (!given.equals(before)) {
                var isHash = given.matches("[0-9a-f]{64}");
                var words = name.replace('_', ' ');
                differences.add(
                        isHash && name.startsWith(DATA_OF)
                                ? "other pictures in " + name.substring(DATA_OF.length())
                                : isHash ? "another " + words : words + " " + before + " instead of " + given);
            }
        }
        return differences;
    }

    private static String text(JsonNode node) {
        if (node.isString()) {
            return node.stringValue().isEmpty() ? "none" : Prose.plain(node.stringValue());
        }
        return node.isMissingNode() ? "unknown" : Prose.plain(node.toString());
    }
}
