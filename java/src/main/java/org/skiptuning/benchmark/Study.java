package org.skiptuning.benchmark;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.skiptuning.Method;
import org.skiptuning.SkipTuning;
import org.skiptuning.TrainingSettings;
import org.skiptuning.benchmark.SweepPlan.Entrant;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What is varied of Skip Tuning to see what it is worth: the paper's grids, and its parts; read from {@code studies.json}. */
public final class Study {
    private static final JsonNode ALL = read();

    /** Settings in JSON by variant. */
    private final Map<String, String> variants = new LinkedHashMap<>();

    private Study(String name) {
        for (var variant : ALL.path(name)) {
            variants.put(
                    variant.get("variant").asString(), variant.get("settings").toString());
        }
    }

    public static List<String> names() {
        return List.copyOf(ALL.propertyNames());
    }

    /** @throws IllegalArgumentException if there is none of that name */
    public static Study of(String name) {
        if (!names().contains(name)) {
            throw new IllegalArgumentException("There is no study '" + name + "': use " + String.join(", ", names()));
        }
        return new Study(name);
    }

    /** Where a variant stands in its study; first without one. */
    static int place(String variant) {
        return names().stream()
                .mapToInt(name -> List.copyOf(of(name).variants.keySet()).indexOf(variant))
                .max()
                .orElse(-1);
    }

    public List<Entrant> entrants() {
        return variants.keySet().stream()
                .map(variant -> new Entrant(Method.SKIP, variant))
                .toList();
    }

    /** Skip Tuning's settings with what a variant of this study changes. */
    public TrainingSettings varied(TrainingSettings settings, String variant) {
        return SkipTuning.builder(settings)
                .json(Objects.requireNonNull(variants.get(variant)))
                .settings();
    }

    private static JsonNode read() {
        try (var stream = Study.class.getResourceAsStream("studies.json")) {
            if (stream == null) {
                throw new IllegalStateException("The resource studies.json is missing from the jar");
            }
            return JsonMapper.shared().readTree(stream);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
