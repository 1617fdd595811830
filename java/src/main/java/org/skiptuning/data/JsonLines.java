package org.skiptuning.data;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The lines of a JSONL table: {@code {"path": ..., "class": ..., "split": ..., "label": ...}}, the label optional. */
final class JsonLines {
    private static final String EXPECTED = "one object a line is needed, with path, class and split";

    private final Path file;

    JsonLines(Path file) {
        this.file = file;
    }

    List<ImageTable.Entry> entries(String text) {
        var entries = new ArrayList<ImageTable.Entry>();
        var line = 0;
        for (var content : (Iterable<String>) text.lines()::iterator) {
            line++;
            var json = line == 1 && content.startsWith("\uFEFF") ? content.substring(1) : content;
            if (!json.isBlank()) {
                entries.add(entry(line, json));
            }
        }
        return entries;
    }

    private ImageTable.Entry entry(int line, String json) {
        JsonNode node;
        try {
            node = JsonMapper.shared().readTree(json);
        } catch (JacksonException | StackOverflowError malformed) {
            throw ImageTable.error(file, line, "is not JSON: " + EXPECTED);
        }
        if (!node.isObject()) {
            throw ImageTable.error(file, line, "is not a JSON object: " + EXPECTED);
        }
        return new ImageTable.Entry(
                line,
                text(line, node, "path"),
                text(line, node, "class"),
                text(line, node, "split"),
                label(line, node));
    }

    private String text(int line, JsonNode node, String field) {
        var value = node.get(field);
        if (value == null || !value.isString() || value.stringValue().isBlank()) {
            throw ImageTable.error(file, line, "has no text for \"" + field + "\": " + EXPECTED);
        }
        return value.stringValue();
    }

    private OptionalInt label(int line, JsonNode node) {
        var value = node.get("label");
        if (value == null || value.isNull()) {
            return OptionalInt.empty();
        }
        if (!value.isInt()) {
            throw ImageTable.error(file, line, "gives the label " + value + ": a whole number is needed");
        }
        return OptionalInt.of(value.intValue());
    }
}
