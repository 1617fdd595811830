package org.skiptuning.cli;

import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.skiptuning.SkipTuning;
import org.skiptuning.TrainingSettings;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** Writes results as JSON. */
final class Json {
    private static final JsonMapper PRETTY =
            JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();
    private static final JsonMapper COMPACT = JsonMapper.builder().build();

    private static final JsonMapper SNAKE_CASE = JsonMapper.builder()
            .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
            .build();

    private Json() {}

    /** Writes to a file, whole or not at all, or to standard output where the target is "-". */
    static void write(String target, PrintStream standardOutput, Map<String, ?> result) {
        String text = PRETTY.writeValueAsString(result) + "\n";
        if (target.equals(CommonOptions.STANDARD_OUTPUT)) {
            standardOutput.print(text);
            standardOutput.flush();
            return;
        }
        WholeFile.write(Path.of(target), text.getBytes(StandardCharsets.UTF_8));
    }

    /** One line without its end. */
    static String line(Map<String, ?> object) {
        return COMPACT.writeValueAsString(object);
    }

    static String pretty(Object value) {
        return PRETTY.writeValueAsString(value);
    }

    /** Settings and results with the names that files and options use. */
    static Object tree(Object value) {
        return SNAKE_CASE.valueToTree(value);
    }

    /** Settings as train --print-config prints them. */
    static JsonNode settings(TrainingSettings settings) {
        return read(SkipTuning.builder(settings).json());
    }

    static JsonNode read(String json) {
        return COMPACT.readTree(json);
    }

    /** The members of an object that are texts. */
    static Map<String, String> texts(String json) {
        var texts = new LinkedHashMap<String, String>();
        for (var member : COMPACT.readTree(json).properties()) {
            if (member.getValue().isString()) {
                texts.put(member.getKey(), member.getValue().stringValue());
            }
        }
        return texts;
    }
}
