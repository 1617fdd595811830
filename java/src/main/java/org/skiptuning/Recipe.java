package org.skiptuning;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A method's file: what it is, what it needs, and its published settings.
 *
 * @param core the method's name in the core
 * @param pictures what of pictures the core keeps in its cache
 * @param keeps what is left of it in the end
 * @param takes settings of all methods that mean something to it
 * @param settings of a base-to-new run, by the names that {@link TrainingSettings} has in JSON
 * @param own settings of its own
 * @param coreSettings what the core is told beside them
 * @param oneStepWithout its own setting, a truth, without which, or without validation pictures, a run is one step
 * @param stepsAreFits whether a step is a whole fit, whose loss is that before it and says nothing
 * @param schedules changes of both for a protocol
 * @param dataSets changes for some data sets
 */
record Recipe(
        String title,
        String about,
        String source,
        String core,
        CachedPictures pictures,
        Keeps keeps,
        Set<String> takes,
        JsonNode settings,
        Map<String, OwnSetting> own,
        JsonNode coreSettings,
        Teacher teacher,
        boolean prepares,
        Validates validates,
        boolean wholeSet,
        boolean knowsOtherClasses,
        Optional<String> oneStepWithout,
        boolean stepsAreFits,
        JsonNode schedules,
        JsonNode dataSets) {
    /** Settings of all methods that mean something where another of them does. */
    private static final Map<String, String> FOLLOWING = Map.of(
            "batches", "batch_size",
            "steps_per_shot", "batch_size",
            "rate_every", "learning_rate",
            "final_learning_rate", "learning_rate",
            "epsilon", "optimizer",
            "crop_scale", "augmentation",
            "text_start_layer", "image_start_layer");

    /** Of a run, whatever the method; its templates are at least those that zero-shot is measured with. */
    private static final Set<String> OF_EVERY_RUN = Set.of(
            "method", "own", "shots", "classes", "precision", "seed", "templates", "evaluate_at_end", "reference_path");

    private static final String VECTORS = "context_tokens";
    private static final String WORDS = "initial";
    private static final String AT_RANDOM = "random";

    /** Values of {@value #WORDS} that are no words, and fit any number of vectors. */
    private static final Set<String> NO_WORDS = Set.of(AT_RANDOM, "template");

    /** What of pictures the core keeps in its cache. */
    enum CachedPictures {
        /** What goes into the first trained block. */
        SUFFIX,
        /** What goes into the first block. */
        INPUT,
        /** The image tower's features. */
        FEATURES
    }

    /** What is left of a method in the end. */
    enum Keeps {
        /** Changed weights of the model. */
        MODEL,
        /** Parameters beside it that are added to its weights in the end. */
        MERGED,
        /** Parameters beside it. */
        PARAMETERS
    }

    /** Texts of the untouched model that a method is held to or classifies with. */
    enum Teacher {
        NONE,
        /** Features of a class's prompts are averaged. */
        MEAN,
        /** They are brought to length 1 before. */
        MEAN_OF_LENGTH_1
    }

    /** When a method chooses something by validation pictures. */
    enum Validates {
        NEVER,
        EACH_STEP,
        AT_END
    }

    static Recipe read(JsonNode file) {
        var own = new LinkedHashMap<String, OwnSetting>();
        file.path("own")
                .propertyStream()
                .forEach(entry -> own.put(entry.getKey(), OwnSetting.read(entry.getKey(), entry.getValue())));
        return new Recipe(
                file.get("title").asString(),
                file.get("about").asString(),
                file.get("source").asString(),
                file.get("core").asString(),
                CachedPictures.valueOf(constant(file.get("pictures").asString())),
                Keeps.valueOf(constant(file.get("keeps").asString())),
                file.get("takes").valueStream().map(JsonNode::asString).collect(Collectors.toUnmodifiableSet()),
                file.get("settings"),
                own,
                file.path("core_settings"),
                teacher(file.path("teacher")),
                file.path("prepares").asBoolean(false),
                Validates.valueOf(constant(file.path("validates").asString("never"))),
                file.path("whole_set").asBoolean(false),
                file.path("knows_other_classes").asBoolean(true),
                Optional.ofNullable(file.path("one_step_without").asString(null)),
                file.path("steps_are_fits").asBoolean(false),
                file.path("schedules"),
                file.path("data_sets"));
    }

    private static Teacher teacher(JsonNode node) {
        if (node.isMissingNode()) {
            return Teacher.NONE;
        }
        return node.get("of_length_1").asBoolean() ? Teacher.MEAN_OF_LENGTH_1 : Teacher.MEAN;
    }

    private static String constant(String text) {
        return text.replace('-', '_').toUpperCase(Locale.ROOT);
    }

    /** Whether a setting of all methods means something to this one, by its name in JSON. */
    boolean uses(String setting) {
        return OF_EVERY_RUN.contains(setting) || takes.contains(FOLLOWING.getOrDefault(setting, setting));
    }

    /** Whether a text of its own is words of a recipe: its standard ones, the bundled model's, or such as come with another. */
    boolean isPublishedText(String name, @Nullable Object value) {
        var setting = own.get(name);
        return setting != null
                && !NO_WORDS.contains(String.valueOf(value))
                && (setting.standard().equals(value)
                        || schedules
                                .path(Presets.BUNDLED)
                                .path(name)
                                .asString("")
                                .equals(value)
                        || own.values().stream().anyMatch(other -> other.brings(name, String.valueOf(value))));
    }

    Map<String, String> ownAbouts() {
        var abouts = new LinkedHashMap<String, String>();
        own.forEach((name, setting) -> abouts.put(name, setting.describe()));
        return abouts;
    }

    /**
     * All its own settings, with published values where none are given.
     *
     * @param method named in messages
     * @throws IllegalArgumentException for one that it does not have, or a value out of range
     */
    SortedMap<String, Object> complete(String method, Map<String, Object> given) {
        var all = new TreeMap<String, Object>();
        own.forEach((name, setting) -> all.put(name, setting.standard()));
        given.forEach((name, value) -> {
            var setting = own.get(name);
            if (setting == null) {
                throw new IllegalArgumentException("The method " + method + " has no setting '" + name + "': "
                        + (own.isEmpty() ? "it has none of its own" : "it has " + String.join(", ", own.keySet())));
            }
            all.put(name, setting.checked(value));
        });
        return all;
    }

    /**
     * Its own settings with some changed: what hangs on one of those changes with it, unless it is given, too. More
     * vectors than a recipe's words have tokens begin at random; more than other words have are refused by a run.
     *
     * @throws IllegalArgumentException as {@link #complete}
     */
    SortedMap<String, Object> changed(String method, Map<String, Object> before, Map<String, Object> changes) {
        var all = new TreeMap<>(before);
        own.values().forEach(setting -> {
            if (changes.containsKey(setting.name())) {
                all.putAll(setting.implied(changes.get(setting.name())));
            }
        });
        all.putAll(changes);
        var completed = complete(method, all);
        if (changes.containsKey(VECTORS)
                && !changes.containsKey(WORDS)
                && !haveWords(completed)
                && isPublishedText(WORDS, completed.get(WORDS))) {
            completed.put(WORDS, AT_RANDOM);
        }
        return completed;
    }

    /** A word is one token at least. */
    private static boolean haveWords(SortedMap<String, Object> settings) {
        var words = String.valueOf(settings.getOrDefault(WORDS, AT_RANDOM)).strip();
        return NO_WORDS.contains(words) || (Long) settings.getOrDefault(VECTORS, 0L) <= words.split("\\s+").length;
    }

    /**
     * What a protocol changes, for one data set.
     *
     * @param dataSet its name; an unknown one gets what all get
     * @param shots pictures a class; 0 is all
     */
    ObjectNode changes(String schedule, String dataSet, int shots) {
        var changes = SettingsJson.MAPPER.createObjectNode();
        merge(changes, schedules.path(schedule));
        if (changes.remove("epochs_by_shots") instanceof ObjectNode byShots && shots > 0) {
            var epochs = byShots.get(Integer.toString(shots));
            changes.set("epochs", epochs != null ? epochs : mostEpochs(byShots));
        }
        for (var rule : dataSets) {
            if (appliesTo(rule, schedule, dataSet, shots)) {
                merge(changes, rule.path("settings"));
                if (rule.has("share_of_epochs")) {
                    var epochs =
                            changes.path("epochs").asInt(settings.path("epochs").asInt());
                    changes.put("epochs", Math.max(1, (int)
                            (epochs * rule.get("share_of_epochs").asDouble())));
                }
            }
        }
        return changes;
    }

    private static JsonNode mostEpochs(ObjectNode byShots) {
        return new ArrayList<>(byShots.values()).getLast();
    }

    private static boolean appliesTo(JsonNode rule, String schedule, String dataSet, int shots) {
        var key = dataSet.toLowerCase(Locale.ROOT);
        var schedules =
                rule.path("schedules").valueStream().map(JsonNode::asString).toList();
        var counts = rule.path("shots").valueStream().map(JsonNode::asInt).toList();
        return (schedules.isEmpty() || schedules.contains(schedule))
                && (counts.isEmpty() || counts.contains(shots))
                && rule.get("names")
                        .valueStream()
                        .anyMatch(name -> name.asString().equals(key));
    }

    /** Settings of all methods stand at the top, a method's own below {@code own}. */
    private void merge(ObjectNode target, JsonNode changes) {
        changes.propertyStream().forEach(entry -> {
            if (own.containsKey(entry.getKey())) {
                target.withObject("own").set(entry.getKey(), entry.getValue());
            } else {
                target.set(entry.getKey(), entry.getValue());
            }
        });
    }
}
