package org.skiptuning;

import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Which of all methods' settings a method has a use for; the others stay as its recipe has them. */
final class UsedSettings {
    private UsedSettings() {}

    /** As JSON, without those that mean nothing to the method. */
    static ObjectNode tree(TrainingSettings settings) {
        var tree = (ObjectNode) SettingsJson.tree(settings);
        return tree.without(tree.propertyStream()
                .map(Map.Entry::getKey)
                .filter(name -> !settings.method().takes(name))
                .toList());
    }

    /**
     * @throws IllegalArgumentException if one was changed that means nothing to the method
     */
    static void check(TrainingSettings settings) {
        var published = SettingsJson.tree(Presets.of(settings.method()));
        SettingsJson.tree(settings)
                .propertyStream()
                .filter(entry -> !settings.method().takes(entry.getKey()))
                .filter(entry -> !entry.getValue().equals(published.get(entry.getKey())))
                .findFirst()
                .ifPresent(entry -> {
                    throw new IllegalArgumentException(useless(settings.method(), entry.getKey(), entry.getValue()));
                });
    }

    private static String useless(Method method, String name, JsonNode value) {
        return "The method " + method + " has no use for " + name + ", which is " + value.asString() + ": leave it out";
    }
}
