package org.skiptuning;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The methods' recipes: every {@code org/skiptuning/recipes/methods.txt} on the class path names some, in the order in
 * which they are shown, and each has a file NAME.json beside it, read when it is first asked for.
 */
final class Recipes {
    private static final String FOLDER = "org/skiptuning/recipes/";
    private static final String LIKE = "like";
    private static final String MORE = "more_";
    private static final Map<String, Recipe> READ = new ConcurrentHashMap<>();

    /** Of all methods. */
    static final List<String> NAMES = names();

    private Recipes() {}

    static Recipe of(String name) {
        return READ.computeIfAbsent(name, Recipes::read);
    }

    private static List<String> names() {
        try {
            return Collections.list(Recipes.class.getClassLoader().getResources(FOLDER + "methods.txt")).stream()
                    .flatMap(list -> text(list).lines())
                    .map(String::strip)
                    .filter(line -> !line.isEmpty())
                    .distinct()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Recipe read(String name) {
        var file = Recipes.class.getClassLoader().getResource(FOLDER + name + ".json");
        if (file == null) {
            throw new IllegalStateException("The recipe of " + name + " is missing: " + FOLDER + name + ".json");
        }
        return Recipe.read(merged(SettingsJson.object(text(file))));
    }

    /** A recipe may be like another but for what it says itself; to lists it can only add, under {@code more_}. */
    private static ObjectNode merged(ObjectNode own) {
        if (!own.has(LIKE)) {
            return own;
        }
        var file = Recipes.class
                .getClassLoader()
                .getResource(FOLDER + own.get(LIKE).asString() + ".json");
        if (file == null) {
            throw new IllegalStateException("There is no recipe " + own.get(LIKE) + " for another to be like");
        }
        var merged = merged(SettingsJson.object(text(file)));
        own.propertyStream().forEach(entry -> {
            var name = entry.getKey();
            if (name.startsWith(MORE)) {
                merged.withArray(name.substring(MORE.length())).addAll((ArrayNode) entry.getValue());
            } else if (entry.getValue() instanceof ObjectNode changes
                    && merged.get(name) instanceof ObjectNode before) {
                before.setAll(changes);
            } else {
                merged.set(name, entry.getValue());
            }
        });
        return merged;
    }

    private static String text(URL resource) {
        try (var stream = resource.openStream()) {
            return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
