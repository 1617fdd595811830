package org.skiptuning;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Set;
import org.skiptuning.data.bundled.BundledData;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Published hyper-parameters, read from the resource {@code presets.json} and the methods' recipes. */
public final class Presets {
    /** Of the small model that comes along; every method has some. */
    static final String BUNDLED = "bundled";

    private static final JsonNode ALL = read();

    private Presets() {}

    /** Names for {@link SkipTuningBuilder#preset}: of Skip Tuning's settings, but for the last, which all methods have. */
    public static List<String> names() {
        return List.of("paper", "reference", BUNDLED);
    }

    /** Names for {@link SkipTuningBuilder#schedule(String)}. */
    public static List<String> schedules() {
        return ALL.get("schedules").valueStream().map(JsonNode::asString).toList();
    }

    /** A method's published settings, those of its base-to-new runs. */
    static TrainingSettings of(Method method) {
        var merged = (ObjectNode) ALL.get("others").deepCopy();
        merged.put("method", method.toString());
        merged.setAll((ObjectNode) method.recipe().settings());
        return SettingsJson.read(merged);
    }

    /**
     * @throws IllegalArgumentException for a name that is not among {@link #names()}, or not this method's
     */
    static TrainingSettings withPreset(TrainingSettings settings, String name) {
        if (!names().contains(name)) {
            throw new IllegalArgumentException("Unknown preset '" + name + "': use " + String.join(", ", names()));
        }
        if (name.equals(BUNDLED)) {
            return apply(settings, settings.method().recipe().changes(BUNDLED, "", settings.shots()));
        }
        if (!settings.method().equals(Method.SKIP)) {
            throw new IllegalArgumentException("The preset " + name + " is Skip Tuning's, not one of "
                    + settings.method() + ": use " + BUNDLED + ", or none");
        }
        return apply(settings, ALL.get("presets").get(name));
    }

    /** With the texts alone of what {@link #BUNDLED} changes, and that model's own prompt, where published ones stand. */
    static TrainingSettings withBundledWords(TrainingSettings settings, Set<String> kept) {
        var recipe = settings.method().recipe();
        var changes = SettingsJson.MAPPER.createObjectNode();
        if (!kept.contains("templates")
                && settings.templates().equals(of(settings.method()).templates())) {
            changes.put("templates", BundledData.TEMPLATE);
        }
        recipe.changes(BUNDLED, "", settings.shots())
                .path("own")
                .propertyStream()
                .filter(entry -> entry.getValue().isString() && !kept.contains(entry.getKey()))
                .filter(entry ->
                        recipe.isPublishedText(entry.getKey(), settings.own().get(entry.getKey())))
                .forEach(entry -> changes.withObject("own").set(entry.getKey(), entry.getValue()));
        return apply(settings, changes);
    }

    /** @throws IllegalArgumentException for a protocol that is not among {@link #schedules()} */
    static TrainingSettings withSchedule(TrainingSettings settings, String protocol, String dataSet) {
        if (!schedules().contains(protocol)) {
            throw new IllegalArgumentException(
                    "Unknown schedule '" + protocol + "': use " + String.join(", ", schedules()));
        }
        var recipe = settings.method().recipe();
        var changes = SettingsJson.MAPPER.createObjectNode();
        // What another protocol may have changed before.
        var standard = (ObjectNode) SettingsJson.tree(of(settings.method()));
        for (var other : schedules()) {
            takeFrom(standard, recipe.changes(other, dataSet, settings.shots()), changes);
        }
        var published = recipe.changes(protocol, dataSet, settings.shots());
        takeFrom(published, published, changes);
        return apply(settings, changes);
    }

    /** Puts what {@code names} has, by its values in {@code values}, into {@code target}. */
    private static void takeFrom(ObjectNode values, ObjectNode names, ObjectNode target) {
        for (var name : names.propertyNames()) {
            if (names.get(name) instanceof ObjectNode inner && values.get(name) instanceof ObjectNode innerValues) {
                takeFrom(innerValues, inner, target.withObject(name));
            } else {
                target.set(name, values.get(name));
            }
        }
    }

    /** @param changes its settings by name; those of the method's own below {@code own}, of which others stay */
    static TrainingSettings apply(TrainingSettings settings, JsonNode changes) {
        var merged = (ObjectNode) SettingsJson.tree(settings);
        var own = merged.withObject("own").deepCopy();
        merged.setAll((ObjectNode) changes.deepCopy());
        if (changes.path("own") instanceof ObjectNode changed) {
            own.setAll(changed);
        }
        merged.set("own", own);
        return SettingsJson.read(merged);
    }

    private static JsonNode read() {
        try (var stream = Presets.class.getResourceAsStream("presets.json")) {
            if (stream == null) {
                throw new IllegalStateException("The library's presets.json is missing from its jar");
            }
            return SettingsJson.MAPPER.readTree(stream);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
