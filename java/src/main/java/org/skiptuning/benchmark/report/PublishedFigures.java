package org.skiptuning.benchmark.report;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.TreeSet;
import org.skiptuning.benchmark.Protocol;
import org.skiptuning.benchmark.SweepPlan.Entrant;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What the paper and its repository published, of OpenAI's ViT-B/16; read from the resource {@code published.json}. */
public final class PublishedFigures {
    /** The untouched model among methods. */
    public static final String ZERO_SHOT = "zero-shot";

    private static final JsonNode ALL = read();

    private PublishedFigures() {}

    /** Accuracy on both halves of the classes, and their harmonic mean. */
    public record Halves(double base, double unseen, double harmonicMean) {}

    /** @param method by name, or {@link #ZERO_SHOT} */
    public static Optional<Halves> halves(String dataSet, String method) {
        return halves(ALL.path("base-to-new").path("data_sets").path(dataSet).path(method));
    }

    /** Over the eleven data sets. */
    public static Optional<Halves> averageOfHalves(String method) {
        return halves(ALL.path("base-to-new").path("average").path(method));
    }

    private static Optional<Halves> halves(JsonNode node) {
        return node.isObject()
                ? Optional.of(new Halves(
                        node.get("base").asDouble(),
                        node.get("new").asDouble(),
                        node.get("h").asDouble()))
                : Optional.empty();
    }

    /** Accuracies by data set of a protocol that transfers; empty where none were published. */
    public static Map<String, Double> transferred(Protocol protocol, String method) {
        var accuracies = new LinkedHashMap<String, Double>();
        ALL.path(protocol.toString())
                .path("rows")
                .path(method)
                .propertyStream()
                .forEach(
                        entry -> accuracies.put(entry.getKey(), entry.getValue().asDouble()));
        return accuracies;
    }

    /** Their average over the targets, without the data set that was trained on. */
    public static OptionalDouble averageTransferred(Protocol protocol, String method) {
        return number(ALL.path(protocol.toString()).path("average").path(method));
    }

    /** Accuracy on all classes. */
    public static OptionalDouble fewShot(String dataSet, int shots, String method) {
        return number(ALL.path("few-shot")
                .path("data_sets_by_shots")
                .path(Integer.toString(shots))
                .path(dataSet)
                .path(method));
    }

    /** Over the eleven data sets. */
    public static OptionalDouble averageOfFewShot(int shots, String method) {
        return number(ALL.path("few-shot")
                .path("average_by_shots")
                .path(Integer.toString(shots))
                .path(method));
    }

    /** Zero-shot accuracy on all classes. */
    public static OptionalDouble zeroShot(String dataSet) {
        for (var protocol : new Protocol[] {Protocol.CROSS_DATASET, Protocol.DOMAIN}) {
            var accuracy = transferred(protocol, ZERO_SHOT).get(dataSet);
            if (accuracy != null) {
                return OptionalDouble.of(accuracy);
            }
        }
        return OptionalDouble.empty();
    }

    /** The data sets that the published average of a protocol is over; where it transfers, those that were measured. */
    static Set<String> dataSets(Protocol protocol) {
        return switch (protocol) {
            case BASE_TO_NEW -> names(ALL.path("base-to-new").path("data_sets"));
            case FEW_SHOT ->
                names(ALL.path("few-shot").path("data_sets_by_shots").path("16"));
            case CROSS_DATASET, DOMAIN -> transferred(protocol, ZERO_SHOT).keySet();
        };
    }

    private static Set<String> names(JsonNode object) {
        return new TreeSet<>(object.propertyNames());
    }

    /** Whether a data set is one of those that figures were published of. */
    static boolean know(String dataSet) {
        return zeroShot(dataSet).isPresent();
    }

    /** Wall time of a run, mean over the data sets: schedules differ between methods. */
    public static OptionalDouble seconds(Protocol protocol, Entrant entrant) {
        return number(ALL.path(protocol.toString())
                .path("seconds")
                .path(entrant.method().toString()));
    }

    /** What a model summary estimated, in MB. */
    public static OptionalDouble paperStyleMegabytes(Protocol protocol, Entrant entrant) {
        return number(ALL.path(protocol.toString())
                .path("paper_style_megabytes")
                .path(entrant.method().toString()));
    }

    private static OptionalDouble number(JsonNode node) {
        return node.isNumber() ? OptionalDouble.of(node.asDouble()) : OptionalDouble.empty();
    }

    private static JsonNode read() {
        try (var stream = Protocol.class.getResourceAsStream("published.json")) {
            if (stream == null) {
                throw new IllegalStateException("The resource published.json is missing from the jar");
            }
            return JsonMapper.shared().readTree(stream);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
