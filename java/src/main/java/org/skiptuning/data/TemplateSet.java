package org.skiptuning.data;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The sentence a class name is put into, one a data set.
 *
 * <p>{@link #COOP} holds the templates that zero-shot figures are published with, {@link #SKIP_TUNING} those that Skip
 * Tuning trains with; any text with {@code {}} in it is a set of its own, the same for every data set.
 */
public final class TemplateSet {
    /** CoOp's zero-shot templates ({@code trainers/zsclip.py}). */
    public static final TemplateSet COOP = load("coop");

    /** Skip Tuning's training templates. */
    public static final TemplateSet SKIP_TUNING = load("skip-tuning");

    private static final String GAP = "{}";
    private static final String DEFAULT = "default";

    /** Those of the methods that Skip Tuning is compared with: of prompts, or of what holds them to the model. */
    private static final List<String> OTHERS =
            List.of("kgcoop", "prograd", "promptsrc", "tcp", "tcp-prompts", "tip-adapter");

    private final String name;
    private final Map<String, List<String>> templates;

    private TemplateSet(String name, Map<String, List<String>> templates) {
        this.name = name;
        this.templates = Map.copyOf(templates);
    }

    private static TemplateSet load(String name) {
        var resource = "templates/" + name + ".json";
        try (var stream = TemplateSet.class.getResourceAsStream(resource)) {
            if (stream == null) {
                throw new IllegalStateException("The library was packed without its resource " + resource);
            }
            var templates = new HashMap<String, List<String>>();
            JsonMapper.shared().readTree(stream).propertyStream().forEach(entry -> {
                var given = entry.getValue();
                templates.put(
                        entry.getKey(),
                        given.isArray()
                                ? given.valueStream().map(JsonNode::asString).toList()
                                : List.of(given.asString()));
            });
            return new TemplateSet(name, templates);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /** The names that {@link #of} knows. */
    public static List<String> names() {
        return Stream.concat(Stream.of(SKIP_TUNING.name, COOP.name), OTHERS.stream())
                .toList();
    }

    /**
     * @param text one of {@link #names()}, or a template of one's own such as {@code a photo of a {}.}
     * @throws IllegalArgumentException if it is none of these
     */
    public static TemplateSet of(String text) {
        for (var named : List.of(COOP, SKIP_TUNING)) {
            if (named.name.equals(text)) {
                return named;
            }
        }
        if (OTHERS.contains(text)) {
            return load(text);
        }
        if (!text.contains(GAP)) {
            throw new IllegalArgumentException("\"" + text + "\" is no template set: use " + String.join(", ", names())
                    + ", or a text with {} where the class name goes");
        }
        return new TemplateSet(text, Map.of(DEFAULT, List.of(text)));
    }

    /** A class's name as prompts have it, an underscore being a space; classes of one such name are told apart by no one. */
    public static String spoken(String className) {
        return className.replace('_', ' ');
    }

    /** The name, or the template itself where it is one's own. */
    public String name() {
        return name;
    }

    /** The template for a data set, with {@code {}} where the class name goes; of several the first. */
    public String template(DataSet data) {
        return all(data).getFirst();
    }

    /** All templates for a data set: one in most sets. */
    public List<String> all(DataSet data) {
        var own = templates.get(data.templateKey());
        return own != null ? own : templates.getOrDefault(DEFAULT, List.of(GAP));
    }

    /** The prompt for a class; underscores in its name become spaces. */
    public String prompt(DataSet data, String className) {
        return template(data).replace(GAP, spoken(className));
    }

    /** The prompts for all classes, in the order of their labels. */
    public List<String> prompts(DataSet data) {
        return data.classNames().stream()
                .map(className -> prompt(data, className))
                .toList();
    }

    @Override
    public String toString() {
        return name;
    }
}
