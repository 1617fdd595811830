package org.skiptuning;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A way to fine-tune: what it trains, and by which recipe. Each has a file of settings in this library. */
public final class Method {
    /** Skip Tuning: the blocks after the start layer, against the classes that class-wise skipping keeps. */
    public static final Method SKIP = of("skip");

    /** Full fine-tuning: every block of both towers, against all classes. */
    public static final Method FULL = of("full");

    private final String name;

    private Method(String name) {
        this.name = name;
    }

    /**
     * A method by its name, such as {@code skip} or {@code kgcoop}, in capitals or not.
     *
     * @throws IllegalArgumentException if there is none; names those that there are
     */
    @JsonCreator
    public static Method of(String name) {
        return Recipes.NAMES.stream()
                .filter(known -> known.equalsIgnoreCase(name.strip()))
                .findFirst()
                .map(Method::new)
                .orElseThrow(() -> new IllegalArgumentException(
                        "Unknown method '" + name + "': use " + String.join(", ", Recipes.NAMES)));
    }

    /** All methods, Skip Tuning first. */
    public static List<Method> all() {
        return Recipes.NAMES.stream().map(Method::new).toList();
    }

    /** As people write it, such as {@code KgCoOp}. */
    public String title() {
        return recipe().title();
    }

    /** What it does, in one line. */
    public String about() {
        return recipe().about();
    }

    /** Where it was published, and where its settings come from. */
    public String source() {
        return recipe().source();
    }

    /** Whether it leaves an ordinary CLIP checkpoint; else parameters of its own beside the model it was trained on. */
    public boolean leavesOrdinaryModel() {
        return recipe().keeps() != Recipe.Keeps.PARAMETERS;
    }

    /** Whether it classifies classes that it was not trained on, too. */
    public boolean knowsOtherClasses() {
        return recipe().knowsOtherClasses();
    }

    /** Whether each of its steps is a whole fit from the start: its loss is that before it, and tells nothing of the fit. */
    public boolean stepsAreFits() {
        return recipe().stepsAreFits();
    }

    /** What {@link SkipTuningBuilder#set} takes beside the settings of all methods, each with what it is. */
    public Map<String, String> ownSettings() {
        return recipe().ownAbouts();
    }

    /**
     * Says what is wrong with a value of a setting that this method has for itself, but for its range.
     *
     * @throws IllegalArgumentException if it has another type than the setting, or is none of its choices
     */
    public void checkKind(String setting, Object value) {
        Optional.ofNullable(recipe().own().get(setting)).ifPresent(own -> own.ofKind(value));
    }

    /**
     * Whether a setting of all methods means something to this one.
     *
     * @param setting by its name in the settings' JSON, such as {@code top_ratio}
     */
    public boolean takes(String setting) {
        return recipe().uses(setting);
    }

    Recipe recipe() {
        return Recipes.of(name);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Method method && method.name.equals(name);
    }

    @Override
    public int hashCode() {
        return name.hashCode();
    }

    /** Its name. */
    @Override
    @JsonValue
    public String toString() {
        return name;
    }
}
