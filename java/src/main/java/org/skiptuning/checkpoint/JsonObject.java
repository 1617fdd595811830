package org.skiptuning.checkpoint;

import java.nio.file.Path;
import java.util.Collection;
import java.util.Optional;
import org.skiptuning.CheckpointException;
import tools.jackson.databind.JsonNode;

/**
 * One object of a configuration file; a value of the wrong kind is an error that names file and key. A key whose value
 * is null counts as absent.
 *
 * @param source file and place, for messages
 */
record JsonObject(JsonNode node, String source) {
    JsonObject {
        if (!node.isObject()) {
            throw new CheckpointException(source + " must be a JSON object");
        }
    }

    static JsonObject read(Path file) {
        return new JsonObject(Json.read(file), file.toString());
    }

    boolean has(String key) {
        return !value(key).isNull();
    }

    Collection<String> keys() {
        return node.propertyNames();
    }

    /** The value, JSON's null if absent. */
    JsonNode value(String key) {
        return node.path(key).isMissingNode() ? Json.MAPPER.nullNode() : node.path(key);
    }

    Optional<JsonObject> object(String key) {
        return has(key) ? Optional.of(new JsonObject(value(key), source + ": " + key)) : Optional.empty();
    }

    JsonObject requiredObject(String key) {
        return object(key).orElseThrow(() -> new CheckpointException(source + " has no \"" + key + "\""));
    }

    int integer(String key, int fallback) {
        return has(key) ? integer(value(key), key) : fallback;
    }

    int requiredInteger(String key) {
        if (!has(key)) {
            throw new CheckpointException(source + " has no \"" + key + "\"");
        }
        return integer(value(key), key);
    }

    /** A whole number, or a pair of two equal ones, as square sizes are written. */
    int square(String key, int fallback) {
        var value = value(key);
        if (value.isArray() && value.size() == 2 && value.get(0).equals(value.get(1))) {
            return integer(value.get(0), key);
        }
        return integer(key, fallback);
    }

    double number(String key, double fallback) {
        if (!has(key)) {
            return fallback;
        }
        if (!value(key).isNumber()) {
            throw wrong(key, "a number");
        }
        return number(value(key));
    }

    /** As a double; NaN if it is none, or a whole number beyond all doubles. */
    static double number(JsonNode value) {
        return value.isNumber() ? value.asDouble(Double.NaN) : Double.NaN;
    }

    String text(String key, String fallback) {
        if (!has(key)) {
            return fallback;
        }
        if (!value(key).isString()) {
            throw wrong(key, "a text");
        }
        return value(key).stringValue();
    }

    boolean flag(String key, boolean fallback) {
        if (!has(key)) {
            return fallback;
        }
        if (!value(key).isBoolean()) {
            throw wrong(key, "true or false");
        }
        return value(key).booleanValue();
    }

    CheckpointException wrong(String key, String needed) {
        return new CheckpointException(
                source + ": \"" + key + "\" is " + shortened(value(key)) + " but must be " + needed);
    }

    private int integer(JsonNode value, String key) {
        if (!value.canConvertToInt() || !value.isIntegralNumber()) {
            throw wrong(key, "a whole number");
        }
        return value.intValue();
    }

    static String shortened(JsonNode value) {
        return shortened(value.toString());
    }

    /** A key or text of the file in quotes, without what could disturb a terminal. */
    static String quoted(String text) {
        return shortened(Json.MAPPER.getNodeFactory().stringNode(text));
    }

    private static String shortened(String text) {
        return text.length() <= 60 ? text : text.substring(0, 57) + "...";
    }
}
