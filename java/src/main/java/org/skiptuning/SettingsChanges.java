package org.skiptuning;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Settings that somebody wrote as JSON: what is wrong with them is said in the file's words. */
final class SettingsChanges {
    private SettingsChanges() {}

    /**
     * The settings with them: another method brings its own along, and what hangs on one of its own changes with it.
     *
     * @throws SkipTuningException if one is unknown or of another kind
     * @throws IllegalArgumentException if one is out of range or of no use to the method
     */
    static TrainingSettings applied(ObjectNode changes, TrainingSettings before) {
        var builder = SkipTuning.builder(before);
        if (changes.path("method").isString()) {
            builder.method(Method.of(changes.get("method").asString()));
        }
        check(changes, builder.settings());
        var general = changes.deepCopy();
        general.remove("own");
        builder = SkipTuning.builder(Presets.apply(builder.settings(), general));
        if (changes.path("own") instanceof ObjectNode ofMethod) {
            var values = new LinkedHashMap<String, Object>();
            ofMethod.propertyStream().forEach(entry -> values.put(entry.getKey(), OwnSetting.plain(entry.getValue())));
            builder.set(values);
        }
        return builder.settings();
    }

    /** @param before the settings that are to change, which tell each one's kind */
    private static void check(ObjectNode changes, TrainingSettings before) {
        var known = (ObjectNode) SettingsJson.tree(before);
        changes.propertyStream()
                .forEach(entry -> check(entry.getKey(), entry.getValue(), known.get(entry.getKey()), before.method()));
    }

    private static void check(String name, JsonNode value, @Nullable JsonNode before, Method method) {
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
        return "There is no setting \"" + name + "\": " + method + " has " + String.join(", ", names);
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
