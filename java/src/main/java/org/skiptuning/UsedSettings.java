package org.skiptuning;

import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Which of all methods' settings a method has a use for; the others stay as its recipe has them. */
final class UsedSettings {
    /** Of a run, whatever the method; a method's templates are at least those that zero-shot is measured with. */
    private static final Set<String> OF_EVERY_RUN = Set.of(
            "method", "own", "shots", "classes", "precision", "seed", "templates", "evaluate_at_end", "reference_path");

    private UsedSettings() {}

    /** As JSON, without those that mean nothing to the method. */
    static ObjectNode tree(TrainingSettings settings) {
        var tree = (ObjectNode) SettingsJson.tree(settings);
        return tree.without(tree.propertyStream()
                .map(java.util.Map.Entry::getKey)
                .filter(name -> !has(settings.method(), name))
                .toList());
    }

    static boolean has(Method method, String name) {
        return OF_EVERY_RUN.contains(name) || method.takes(name);
    }

    /**
     * @throws IllegalArgumentException if one was changed that means nothing to the method
     */
    static void check(TrainingSettings settings) {
        var published = SettingsJson.tree(Presets.of(settings.method()));
        SettingsJson.tree(settings)
                .propertyStream()
                .filter(entry -> !has(settings.method(), entry.getKey()))
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
