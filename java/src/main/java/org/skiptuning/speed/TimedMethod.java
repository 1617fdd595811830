package org.skiptuning.speed;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.skiptuning.Method;
import org.skiptuning.TrainingSettings;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** A method whose steps can be timed, as the resource {@code methods.json} describes it. */
public final class TimedMethod {
    private static final JsonNode ALL = read();

    /** Skip Tuning from the start layer on, against the classes kept. */
    public static final TimedMethod SKIP = of("skip");

    /** Full fine-tuning: every block of both towers, against all classes. */
    public static final TimedMethod FULL = of("full");

    /** CoOp: 16 context vectors in the prompts of all classes, on cached features of the pictures. */
    public static final TimedMethod COOP = of("coop");

    /** CLIP-LoRA: additions of rank 2 to the attention of every block of both towers, against all classes. */
    public static final TimedMethod LORA = of("lora");

    private final String name;
    private final JsonNode description;

    private TimedMethod(String name) {
        this(name, ALL.get(name));
    }

    private TimedMethod(String name, JsonNode description) {
        this.name = name;
        this.description = description;
    }

    /**
     * The method as a run's settings have it: its vectors, rank, blocks and classes are theirs, and no standard's.
     *
     * @throws IllegalArgumentException if steps of the method cannot be timed
     */
    static TimedMethod of(TrainingSettings settings) {
        var standard = of(settings.method().toString());
        var own = (ObjectNode) standard.description.deepCopy();
        number(settings, "context_tokens").ifPresent(count -> own.put("vectors", count));
        number(settings, "depth").ifPresent(count -> own.put("depth", count));
        number(settings, "rank").ifPresent(count -> own.put("rank", count));
        if (own.has("kept_pictures_a_class")) {
            own.put("kept_pictures_a_class", settings.shots());
        }
        if (standard.trainsBlocks()) {
            own.put("of_all_blocks", false);
            own.put("selects", settings.topRatio() < 1 || settings.maxClasses() > 0);
        }
        if ("maple".equals(settings.own().get("base"))) { // DePT on it
            own.put("pictures", "input");
        }
        return new TimedMethod(standard.name, own);
    }

    private static OptionalInt number(TrainingSettings settings, String name) {
        return settings.own().get(name) instanceof Number number
                ? OptionalInt.of(number.intValue())
                : OptionalInt.empty();
    }

    /** @throws IllegalArgumentException for a name that is not among {@link #all()} */
    public static TimedMethod of(String name) {
        if (!ALL.has(name)) {
            throw new IllegalArgumentException(
                    "Unknown method '" + name + "': use " + String.join(", ", ALL.propertyNames()));
        }
        return new TimedMethod(name);
    }

    /** Empty for one that takes no steps. */
    static Optional<TimedMethod> find(String name) {
        return ALL.has(name) ? Optional.of(of(name)) : Optional.empty();
    }

    /** In the order of {@link Method#all()}, without those that train nothing. */
    public static List<TimedMethod> all() {
        return Method.all().stream()
                .map(Method::toString)
                .filter(ALL::has)
                .map(TimedMethod::new)
                .toList();
    }

    /** Those that a reader of the paper asks for first. */
    public static List<TimedMethod> usual() {
        return List.of(SKIP, FULL, COOP, LORA);
    }

    String core() {
        return description.get("core").asString();
    }

    /** Whether it trains blocks of the image tower, or vectors before them; else its pictures are features. */
    boolean passesImageTower() {
        return !description.get("pictures").asString().equals("features");
    }

    boolean trainsBlocks() {
        return description.get("pictures").asString().equals("suffix");
    }

    /** Whether it goes through the text tower and back in each step. */
    boolean trainsTexts() {
        return description.path("trains_texts").asBoolean(true);
    }

    boolean selects() {
        return description.path("selects").asBoolean(false);
    }

    /** Frozen blocks of each tower. */
    int start(SpeedSettings settings) {
        return description.path("of_all_blocks").asBoolean(false) || !trainsBlocks() ? 0 : settings.startLayer();
    }

    /** Rank of its additions to attention; 0 has none. */
    int rank() {
        return description.path("rank").asInt(0);
    }

    /** Trained vectors in a prompt, where the text tower takes so many. */
    int vectors(SpeedSettings settings) {
        var room = settings.configuration().text().context()
                - 1
                - (SpeedSettings.PROMPT_TOKENS - SpeedSettings.SHARED_TOKENS);
        return Math.min(description.path("vectors").asInt(0), room);
    }

    /** Blocks whose input has vectors, where the towers have so many. */
    int depth(SpeedSettings settings) {
        var shape = settings.configuration();
        var most = Math.min(shape.image().layers(), shape.text().layers());
        return Math.min(description.path("depth").asInt(1), most);
    }

    /** Of a prompt with its vectors, where it has some in place of its first words. */
    int promptTokens(SpeedSettings settings) {
        var vectors = vectors(settings);
        return vectors == 0
                ? SpeedSettings.PROMPT_TOKENS
                : 1 + vectors + SpeedSettings.PROMPT_TOKENS - SpeedSettings.SHARED_TOKENS;
    }

    /**
     * What a step costs by formula.
     *
     * @param kept classes that it is trained against
     * @param trained weights beside the towers' own; of trained blocks the formula counts them
     */
    StepCost cost(SpeedSettings settings, int kept, long trained) {
        return cost(settings, kept, trained, start(settings));
    }

    /** The same with other frozen blocks of the text tower than of the image tower. */
    StepCost cost(SpeedSettings settings, int kept, long trained, int textStart) {
        var shape = settings.configuration();
        var batch = settings.batchSize();
        if (rank() > 0) {
            return StepCost.ofLowRank(shape, batch, kept, rank(), SpeedSettings.PROMPT_TOKENS);
        }
        if (trainsBlocks()) {
            return StepCost.of(shape, start(settings), textStart, batch, kept, SpeedSettings.PROMPT_TOKENS);
        }
        if (!trainsTexts()) {
            var pictures = looksAtWholeSet() ? keptPictures(settings) : batch;
            return StepCost.ofFeatures(shape, pictures, !looksAtWholeSet(), trained, hasSecondMoment());
        }
        return StepCost.ofPrompts(
                shape,
                batch,
                (long) kept * (hasPromptsOfEachPicture() ? batch : 1),
                promptTokens(settings),
                losses(),
                passesImageTower() ? vectors(settings) : 0,
                passesUntouchedPictures(),
                trained,
                hasSecondMoment());
    }

    boolean hasPromptsOfEachPicture() {
        return description.path("prompts_of_each_picture").asBoolean(false);
    }

    /** Whether a step puts its pictures through the untouched tower, too. */
    boolean passesUntouchedPictures() {
        return description.path("untouched_pictures").asBoolean(false);
    }

    boolean hasTeacher() {
        return description.path("teacher").asBoolean(false);
    }

    /** Losses whose gradients a step needs apart. */
    int losses() {
        return description.path("losses").asInt(1);
    }

    /** Pictures that it is shown before its first step; 0 where it is shown none. */
    long keptPictures(SpeedSettings settings) {
        return (long) description.path("kept_pictures_a_class").asInt(0) * settings.classes();
    }

    /** Whether a step looks at those instead of a batch. */
    boolean looksAtWholeSet() {
        return description.path("whole_set").asBoolean(false);
    }

    /** Whether a step is a whole fit, as many passes as that takes, so that no formula says what it costs. */
    public boolean isFit() {
        return Method.of(name).stepsAreFits();
    }

    double learningRate(double standard) {
        return description.path("learning_rate").asDouble(standard);
    }

    boolean hasSecondMoment() {
        return description.path("optimizer").path("name").asString("sgd").startsWith("adam");
    }

    /** What the core's trainer is told of it. */
    void describe(ObjectNode trainer) {
        trainer.put("method", core());
        trainer.set(
                "optimizer",
                description.path("optimizer") instanceof ObjectNode given
                        ? given.deepCopy()
                        : JsonMapper.shared().createObjectNode().put("name", "sgd"));
        description
                .path("options")
                .propertyStream()
                .forEach(entry -> trainer.set(entry.getKey(), entry.getValue().deepCopy()));
    }

    private static JsonNode read() {
        try (var stream = TimedMethod.class.getResourceAsStream("methods.json")) {
            if (stream == null) {
                throw new IllegalStateException("The library was packed without its resource speed/methods.json");
            }
            return JsonMapper.shared().readTree(stream);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof TimedMethod method && method.name.equals(name);
    }

    @Override
    public int hashCode() {
        return name.hashCode();
    }

    @Override
    public String toString() {
        return name;
    }
}
