package org.skiptuning;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.skiptuning.data.DataSet;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What a run is a function of: two runs of one identity end with the same bytes on one machine's processor. A card adds in
 * an order of its own, so that the last bits may differ there in 16 bits.
 *
 * @param settings as JSON, less what has no effect on the weights
 * @param configuration what the weights are computed with, activation and preprocessing included
 * @param orientation whether pictures are turned as their EXIF data say
 * @param data SHA-256 of class names, prompts, and training pictures: label, size, and path below their common folder,
 *     so that a data set may be named otherwise or moved
 * @param machine device, threads, who multiplies, and where features lack room; another one may change the last bits
 */
record RunIdentity(JsonNode settings, String configuration, boolean orientation, String data, String machine) {
    static RunIdentity of(TrainingSettings settings, Model original, DataSet data, RowCache rows) {
        var effective = (ObjectNode) SettingsJson.tree(settings);
        effective.remove("evaluate_at_end");
        var machine = original.info().device() + " with " + original.options().effectiveThreads() + " threads and "
                + Devices.products(original.context())
                + (rows.lacksRoom() ? ", without room for all pictures' features" : "");
        var checkpoint = original.checkpoint();
        var validates = settings.method().recipe().validates() != Recipe.Validates.NEVER;
        var looked = validates ? List.of(data.train(), data.validation()) : List.of(data.train());
        return new RunIdentity(
                effective,
                checkpoint.configuration().toNativeJson() + " " + checkpoint.preprocessing(),
                original.options().applyOrientation(),
                DataFingerprint.of(data, looked),
                machine);
    }

    /** Whether metadata come from {@link #toMetadata}. */
    static boolean isIn(Map<String, String> metadata) {
        return metadata.containsKey("settings");
    }

    /** @param model SHA-256 of the original weights */
    Map<String, String> toMetadata(String model) {
        return Map.of(
                "settings",
                settings.toString(),
                "model",
                model,
                "configuration",
                configuration,
                "apply_exif_orientation",
                Boolean.toString(orientation),
                "data",
                data,
                "machine",
                machine);
    }

    /** What to tell a user who goes on elsewhere than the metadata says. */
    Optional<String> warning(Map<String, String> metadata) {
        var begun = metadata.getOrDefault("machine", "");
        return begun.equals(machine)
                ? Optional.empty()
                : Optional.of("The run was begun on " + begun + " and goes on on " + machine
                        + ": its result may differ in the last bits from that of an uninterrupted run");
    }

    /**
     * @param model SHA-256 of the original weights
     * @param place named in the error
     * @throws SkipTuningException if the metadata is of another run; names what differs
     */
    void requireSame(Map<String, String> metadata, String model, String place) {
        var differences = new ArrayList<String>();
        var other = SettingsJson.MAPPER.readTree(metadata.getOrDefault("settings", "{}"));
        for (var name : settings.propertyNames()) {
            // By text: a number that went through a file may come back as another type of node.
            var own = String.valueOf(settings.get(name));
            var others = String.valueOf(other.get(name));
            if (!own.equals(others)) {
                differences.add(name + " " + others + " instead of " + own);
            }
        }
        if (!model.equals(metadata.get("model"))) {
            differences.add("another model");
        }
        if (!configuration.equals(metadata.get("configuration"))) {
            differences.add("another configuration of the model, such as its activation");
        }
        var others = metadata.getOrDefault("apply_exif_orientation", "false");
        if (!others.equals(Boolean.toString(orientation))) {
            differences.add("apply_exif_orientation " + others + " instead of " + orientation);
        }
        if (!data.equals(metadata.get("data"))) {
            differences.add("other training pictures or classes");
        }
        if (!differences.isEmpty()) {
            throw new SkipTuningException("Cannot resume " + place + ": it was begun with "
                    + String.join(", ", differences) + "; use the same again, or start anew without resume");
        }
    }
}
