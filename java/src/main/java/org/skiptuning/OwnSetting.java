package org.skiptuning;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.skiptuning.data.TemplateSet;
import tools.jackson.databind.JsonNode;

/**
 * A setting that only some methods have, as their recipe describes it.
 *
 * @param standard its published value, whose type is that of every value: a whole number, a number, a truth or a text
 * @param core the core's option it is handed on as, such as {@code prompt.tokens}; empty where this side uses it
 * @param least of a number
 * @param most of a number
 * @param choices of a text; empty where any will do
 * @param isTemplate whether a text must be a set of templates, or one with {@code {}}
 * @param implies by some of its values, values of others that come with them
 * @param about what it is
 */
record OwnSetting(
        String name,
        Object standard,
        Optional<String> core,
        double least,
        double most,
        List<String> choices,
        boolean isTemplate,
        JsonNode implies,
        String about) {
    static OwnSetting read(String name, JsonNode node) {
        return new OwnSetting(
                name,
                plain(node.get("value")),
                Optional.ofNullable(node.path("core").asString(null)),
                node.path("least").asDouble(Double.NEGATIVE_INFINITY),
                node.path("most").asDouble(Double.POSITIVE_INFINITY),
                node.path("choices").valueStream().map(JsonNode::asString).toList(),
                node.path("template").asBoolean(false),
                node.path("implies"),
                node.path("about").asString());
    }

    /** What it is, its published value, and what else it takes. */
    String describe() {
        var range = standard instanceof Number && (least > Double.NEGATIVE_INFINITY || most < Double.POSITIVE_INFINITY)
                ? "; " + bound(least) + " to " + bound(most)
                : "";
        return about + " (" + standard + range + ")";
    }

    /** Values of other settings that come with one of this. */
    Map<String, Object> implied(Object value) {
        var values = new HashMap<String, Object>();
        implies.path(value.toString())
                .propertyStream()
                .forEach(entry -> values.put(entry.getKey(), plain(entry.getValue())));
        return values;
    }

    /** Whether one of its values brings this one of another setting along. */
    boolean brings(String name, String value) {
        return implies.propertyStream()
                .anyMatch(entry -> entry.getValue().path(name).asString("").equals(value));
    }

    static Object plain(JsonNode value) {
        if (value.isBoolean()) {
            return value.booleanValue();
        }
        if (value.isIntegralNumber()) {
            return value.longValue();
        }
        return value.isNumber() ? (Object) value.doubleValue() : value.asString();
    }

    /**
     * A given value in this setting's type.
     *
     * @throws IllegalArgumentException if it has another type or is out of range
     */
    Object checked(Object given) {
        var value = ofKind(given);
        if (value instanceof Number number && !(number.doubleValue() >= least && number.doubleValue() <= most)) {
            throw new IllegalArgumentException(name + " is " + given + ": use " + bound(least) + " to " + bound(most));
        }
        return value;
    }

    /**
     * The same, in range or not.
     *
     * @throws IllegalArgumentException if it has another type, or is none of the choices
     */
    Object ofKind(Object given) {
        try {
            var value = converted(given);
            if (value instanceof String text) {
                check(text);
            }
            return value;
        } catch (NumberFormatException wrong) {
            throw new IllegalArgumentException(
                    name + " is '" + given + "': use a " + (standard instanceof Long ? "whole number" : "number"));
        }
    }

    private void check(String text) {
        if (!choices.isEmpty() && !choices.contains(text)) {
            throw new IllegalArgumentException(name + " is '" + text + "': use " + String.join(", ", choices));
        }
        if (isTemplate && !TemplateSet.names().contains(text) && text.split("\\{}", -1).length != 2) {
            throw new IllegalArgumentException(name + " is '" + text + "': use "
                    + String.join(", ", TemplateSet.names()) + ", or a text with {} once, where the class name goes");
        }
        if (text.isBlank()) {
            throw new IllegalArgumentException(name + " is empty: use " + about);
        }
    }

    private Object converted(Object given) {
        var text = given.toString().strip();
        return switch (standard) {
            case Long ignored ->
                given instanceof Integer || given instanceof Long ? ((Number) given).longValue() : Long.parseLong(text);
            case Double ignored -> given instanceof Number number ? number.doubleValue() : Double.parseDouble(text);
            case Boolean ignored -> truth(given, text);
            default -> text;
        };
    }

    private Boolean truth(Object given, String text) {
        if (text.equalsIgnoreCase("true") || text.equalsIgnoreCase("false")) {
            return Boolean.valueOf(text);
        }
        throw new IllegalArgumentException(name + " is '" + given + "': use true or false");
    }

    private String bound(double value) {
        return standard instanceof Long ? Long.toString((long) value) : Double.toString(value);
    }
}
