package org.skiptuning;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.Map;
import org.skiptuning.data.DataSet;
import tools.jackson.databind.JsonNode;

/**
 * What a run is a function of: two runs of one identity end with the same bytes on one machine.
 *
 * @param settings as JSON
 * @param model SHA-256 of the original weights
 * @param data SHA-256 of class names, prompts, and training pictures with their labels
 */
record RunIdentity(JsonNode settings, String model, String data) {
    static RunIdentity of(TrainingSettings settings, Model original, DataSet data) {
        return new RunIdentity(SettingsJson.tree(settings), original.contentHash(), hash(data));
    }

    private static String hash(DataSet data) {
        try {
            var digest = MessageDigest.getInstance("SHA-256");
            for (var name : data.classNames()) {
                digest.update((name + "\0").getBytes(StandardCharsets.UTF_8));
            }
            digest.update((data.templateKey() + "\0").getBytes(StandardCharsets.UTF_8));
            for (var image : data.train()) {
                digest.update((image.label() + " " + image.path() + "\0").getBytes(StandardCharsets.UTF_8));
            }
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java has SHA-256", e);
        }
    }

    Map<String, String> toMetadata() {
        return Map.of("settings", settings.toString(), "model", model, "data", data);
    }

    /**
     * @param place named in the error
     * @throws SkipTuningException if the metadata is of another run; names what differs
     */
    void requireSame(Map<String, String> metadata, String place) {
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
        if (!data.equals(metadata.get("data"))) {
            differences.add("other training pictures or classes");
        }
        if (!differences.isEmpty()) {
            throw new SkipTuningException("Cannot resume " + place + ": it was begun with "
                    + String.join(", ", differences) + "; use the same again, or start anew without resume");
        }
    }
}
