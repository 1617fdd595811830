package org.skiptuning;

import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Settings that somebody wrote as JSON: what is wrong with them is said in the file's words. */
final class SettingsChanges {
    private SettingsChanges() {}

    /**
     * @param before the settings that are to change, which tell each one's kind
     * @throws SkipTuningException if one is unknown or of another kind
     */
    static void check(ObjectNode changes, TrainingSettings before) {
        var known = (ObjectNode) SettingsJson.tree(before);
        changes.propertyStream()
                .forEach(entry -> check(entry.getKey(), entry.getValue(), known.get(entry.getKey()), before.method()));
    }

    private static void check(
            String name, JsonNode value, @org.jspecify.annotations.Nullable JsonNode before, Method method) {
        if (before == null) {
            throw new SkipTuningException(unknown(name, method));
        }
        var kind = kind(name, before);
        if (!kind.fits(value)) {
            throw new SkipTuningException("\"" + name + "\" is " + shown(value) + ": use " + kind.words);
        }
    }

    private static String unknown(String name, Method method) {
        if (method.ownSettings().containsKey(name)) {
            return "\"" + name + "\" is a setting of " + method + " alone: put it below \"own\"";
        }
        var names = new ArrayList<String>();
        UsedSettings.tree(Presets.of(method)).propertyNames().forEach(names::add);
        return "There is no setting \"" + name + "\": " + method + " has " + String.join(", ", List.copyOf(names));
    }

    private enum Kind {
        WHOLE("a whole number"),
        NUMBER("a number"),
        TRUTH("true or false"),
        TEXT("a text"),
        OBJECT("an object of the method's own settings by name");

        private final String words;

        Kind(String words) {
            this.words = words;
        }

        boolean fits(JsonNode value) {
            return switch (this) {
                case WHOLE -> value.isIntegralNumber();
                case NUMBER -> value.isNumber();
                case TRUTH -> value.isBoolean();
                case TEXT -> value.isString();
                case OBJECT -> value.isObject();
            };
        }
    }

    private static Kind kind(String name, JsonNode value) {
        return switch (value.getNodeType()) {
            case BOOLEAN -> Kind.TRUTH;
            case STRING -> Kind.TEXT;
            case NUMBER -> value.isIntegralNumber() ? Kind.WHOLE : Kind.NUMBER;
            case OBJECT -> Kind.OBJECT;
            default -> throw new IllegalStateException("the setting " + name + " is neither number, truth nor text");
        };
    }

    private static String shown(JsonNode value) {
        var text = value.toString();
        return text.length() <= 40 ? text : text.substring(0, 37) + "...";
    }
}
