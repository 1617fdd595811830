package org.skiptuning.checkpoint;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.skiptuning.CheckpointException;
import org.skiptuning.files.Folders;
import org.skiptuning.files.JsonProblem;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Untrusted JSON: no duplicate keys, nothing after the value, bounded depth and size. */
final class Json {
    /** A large {@code tokenizer.json} has some 20 MB. */
    private static final long MAX_FILE_BYTES = 64_000_000;

    static final JsonFactory FACTORY = JsonFactory.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
            .streamReadConstraints(
                    StreamReadConstraints.builder().maxNestingDepth(64).build())
            .build();

    static final JsonMapper MAPPER = JsonMapper.builder(FACTORY)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private Json() {}

    static JsonNode read(Path file) {
        InputFiles.requireRegular(file);
        try {
            if (Files.size(file) > MAX_FILE_BYTES) {
                throw new CheckpointException(
                        file + " has " + Files.size(file) + " bytes, too many for a JSON file here");
            }
            return parse(Files.readAllBytes(file), file.toString());
        } catch (IOException failure) {
            throw new CheckpointException(file + " cannot be read: " + Folders.reason(failure), failure);
        }
    }

    static JsonNode parse(byte[] text, String source) {
        try {
            return MAPPER.readTree(text);
        } catch (JacksonException failure) {
            throw new CheckpointException(source + " isn't valid JSON: " + JsonProblem.describe(failure), failure);
        }
    }
}
