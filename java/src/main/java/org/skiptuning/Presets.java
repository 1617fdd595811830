package org.skiptuning;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Locale;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Published hyper-parameters, read from the resource {@code presets.json}. */
public final class Presets {
    private static final JsonNode ALL = read();

    private Presets() {}

    /** Names for {@link SkipTuningBuilder#preset}. */
    public static List<String> methods() {
        return List.copyOf(ALL.get("methods").propertyNames());
    }

    /** Names for {@link SkipTuningBuilder#schedule(String)}. */
    public static List<String> schedules() {
        return List.copyOf(ALL.get("schedules").propertyNames());
    }

    /** The paper's values with its base-to-new schedule. */
    static TrainingSettings defaults() {
        var merged = (ObjectNode) ALL.get("others").deepCopy();
        merged.setAll((ObjectNode) method("paper"));
        merged.setAll((ObjectNode) schedule("base-to-new"));
        return SettingsJson.read(merged);
    }

    static JsonNode method(String name) {
        return entry("methods", "preset", name);
    }

    static JsonNode schedule(String name) {
        return entry("schedules", "schedule", name);
    }

    static boolean quartersEpochs(String dataSet) {
        var key = dataSet.toLowerCase(Locale.ROOT);
        return ALL.get("quarter_epochs")
                .valueStream()
                .anyMatch(name -> name.stringValue().equals(key));
    }

    static TrainingSettings apply(TrainingSettings settings, JsonNode changes) {
        var merged = (ObjectNode) SettingsJson.tree(settings);
        merged.setAll((ObjectNode) changes);
        return SettingsJson.read(merged);
    }

    private static JsonNode entry(String section, String what, String name) {
        var found = ALL.get(section).get(name);
        if (found == null) {
            throw new IllegalArgumentException("Unknown " + what + " '" + name + "': use "
                    + String.join(", ", ALL.get(section).propertyNames()));
        }
        return found;
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
