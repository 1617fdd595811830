package org.skiptuning.benchmark.report;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.skiptuning.benchmark.Figure;
import org.skiptuning.benchmark.Protocol;
import org.skiptuning.benchmark.SweepResults;
import org.skiptuning.benchmark.SweepRow;
import org.skiptuning.benchmark.job.JobFiles;
import org.skiptuning.benchmark.job.JobOutcome;
import org.skiptuning.benchmark.job.MeasuredOn;

/** A sweep for programs: as CSV, a line a run, and as JSON, an object a row. */
final class SweepTable {
    private static final List<String> BEFORE = List.of("data_set", "method", "variant", "shots", "seed", "rate_factor");
    private static final List<String> BEHIND = List.of(
            "seconds",
            "steps",
            "peak_memory_bytes",
            "peak_tensor_bytes",
            "paper_style_bytes",
            "trained_parameters",
            "date",
            "processor",
            "device",
            "threads",
            "error");

    private static final List<String> HALVES = List.of(Protocol.BASE, Protocol.NEW);

    private SweepTable() {}

    /** The first lines beside the heading are the untouched model's. */
    static String csv(SweepResults results) {
        var targets = targets(results);
        var headings = new ArrayList<>(BEFORE);
        headings.addAll(targets);
        if (targets.containsAll(HALVES)) {
            headings.add("h");
        }
        headings.addAll(BEHIND);
        var text = new StringBuilder(String.join(
                        ",", headings.stream().map(SweepTable::quoted).toList()))
                .append('\n');
        results.zeroShot()
                .forEach((task, outcome) ->
                        text.append(line(List.of(task, "zero-shot", "", "", "", ""), targets, outcome)));
        for (var row : results.rows()) {
            row.outcomes()
                    .forEach((seed, outcome) -> text.append(line(
                            List.of(
                                    row.task(),
                                    row.entrant().method().toString(),
                                    row.entrant().variant(),
                                    Integer.toString(row.shots()),
                                    Long.toString(seed),
                                    row.hasRate() ? Double.toString(row.rateFactor()) : ""),
                            targets,
                            outcome)));
        }
        return text.toString();
    }

    private static List<String> targets(SweepResults results) {
        var targets = new TreeSet<String>();
        results.zeroShot()
                .values()
                .forEach(outcome -> targets.addAll(outcome.accuracies().keySet()));
        results.rows()
                .forEach(row -> row.outcomes()
                        .values()
                        .forEach(outcome -> targets.addAll(outcome.accuracies().keySet())));
        return List.copyOf(targets);
    }

    private static String line(List<String> before, List<String> targets, JobOutcome outcome) {
        var cells = new ArrayList<>(before);
        targets.forEach(
                target -> cells.add(Optional.ofNullable(outcome.accuracies().get(target))
                        .map(String::valueOf)
                        .orElse("")));
        if (targets.containsAll(HALVES)) {
            cells.add(SweepRow.harmonicMean(outcome).stream()
                    .mapToObj(Double::toString)
                    .findFirst()
                    .orElse(""));
        }
        var ran = outcome.succeeded();
        cells.add(ran ? Double.toString(outcome.seconds()) : "");
        cells.add(ran ? Long.toString(outcome.steps()) : "");
        cells.add(measured(outcome.peakMemoryBytes()));
        cells.add(measured(outcome.peakTensorBytes()));
        cells.add(outcome.paperStyleBytes().map(String::valueOf).orElse(""));
        cells.add(ran ? Long.toString(outcome.trainedParameters()) : "");
        cells.add(outcome.measuredOn().map(MeasuredOn::date).orElse(""));
        cells.add(outcome.measuredOn().map(MeasuredOn::processor).orElse(""));
        cells.add(outcome.measuredOn().map(MeasuredOn::device).orElse(""));
        cells.add(outcome.measuredOn().map(on -> Integer.toString(on.threads())).orElse(""));
        cells.add(outcome.error().orElse(""));
        return String.join(",", cells.stream().map(SweepTable::quoted).toList()) + "\n";
    }

    /** Runs without training have none. */
    private static String measured(long bytes) {
        return bytes > 0 ? Long.toString(bytes) : "";
    }

    private static String quoted(String cell) {
        return cell.matches("(?s).*[\",\n].*") ? '"' + cell.replace("\"", "\"\"") + '"' : cell;
    }

    static String jsonText(SweepResults results) {
        return JobFiles.JSON.writerWithDefaultPrettyPrinter().writeValueAsString(json(results)) + "\n";
    }

    static Map<String, Object> json(SweepResults results) {
        var object = new LinkedHashMap<String, Object>();
        object.put("protocol", results.protocol().toString());
        var zeroShot = new LinkedHashMap<String, Object>();
        results.zeroShot().forEach((task, outcome) -> zeroShot.put(task, outcome.accuracies()));
        object.put("zero_shot", zeroShot);
        object.put(
                "rows",
                results.rows().stream().map(row -> row(results.protocol(), row)).toList());
        return object;
    }

    private static Map<String, @Nullable Object> row(Protocol protocol, SweepRow row) {
        var object = new LinkedHashMap<String, @Nullable Object>();
        object.put("data_set", row.task());
        object.put("method", row.entrant().method().toString());
        object.put("variant", row.entrant().variant());
        object.put("shots", row.shots());
        object.put("seeds", row.seeds());
        if (protocol == Protocol.BASE_TO_NEW) {
            put(object, "base", row.accuracy(Protocol.BASE));
            put(object, "new", row.accuracy(Protocol.NEW));
            put(object, "h", row.harmonicMean());
        } else {
            var accuracies = new LinkedHashMap<String, Object>();
            row.outcomes().values().stream()
                    .flatMap(outcome -> outcome.accuracies().keySet().stream())
                    .distinct()
                    .sorted()
                    .forEach(target -> {
                        var figure = new LinkedHashMap<String, @Nullable Object>();
                        put(figure, "accuracy", row.accuracy(target));
                        accuracies.put(target, figure);
                    });
            object.put("accuracies", accuracies);
        }
        object.put("rate_factor", row.hasRate() ? row.rateFactor() : null);
        object.put("rate_factors", row.hasRate() ? row.rateFactors() : null);
        object.put("seconds", orNull(row.seconds()));
        object.put("step_ms", orNull(row.millisecondsOfAStep()));
        object.put("peak_memory_bytes", orNull(row.peakMemoryBytes()));
        object.put("peak_tensor_bytes", orNull(row.peakTensorBytes()));
        object.put("paper_style_bytes", orNull(row.paperStyleBytes()));
        object.put("trained_parameters", orNull(row.trainedParameters()));
        object.put("failed", row.failures());
        var runs = new ArrayList<Map<String, @Nullable Object>>();
        row.outcomes().forEach((seed, outcome) -> runs.add(run(seed, outcome)));
        object.put("runs", runs);
        return object;
    }

    private static void put(Map<String, @Nullable Object> object, String name, Optional<Figure> figure) {
        object.put(name, figure.map(Figure::mean).orElse(null));
        object.put(
                name + "_deviation",
                figure.map(found -> orNull(found.deviation())).orElse(null));
    }

    private static Map<String, @Nullable Object> run(long seed, JobOutcome outcome) {
        var object = new LinkedHashMap<String, @Nullable Object>();
        object.put("seed", seed);
        object.put("accuracies", outcome.accuracies());
        object.put("seconds", outcome.succeeded() ? outcome.seconds() : null);
        object.put("steps", outcome.succeeded() ? outcome.steps() : null);
        object.put("measured_on", outcome.measuredOn().orElse(null));
        object.put("error", outcome.error().orElse(null));
        return object;
    }

    private static @Nullable Double orNull(OptionalDouble value) {
        return value.isPresent() ? value.getAsDouble() : null;
    }

    private static @Nullable Long orNull(OptionalLong value) {
        return value.isPresent() ? value.getAsLong() : null;
    }
}
