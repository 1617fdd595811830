package org.skiptuning.benchmark;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;
import org.skiptuning.Evaluation;
import org.skiptuning.report.Prose;

/** A comparison for programs: as CSV, a line a run, and as JSON, an object a row. */
final class ComparisonTable {
    private static final List<String> HEADINGS = List.of(
            "method",
            "shots",
            "seed",
            "base",
            "new",
            "h",
            "rate_factor",
            "seconds",
            "steps",
            "peak_memory_bytes",
            "peak_tensor_bytes",
            "paper_style_bytes",
            "trained_parameters",
            "error");

    private ComparisonTable() {}

    /** The first line beside the heading is the untouched model's. */
    static String csv(ComparisonReport report) {
        var text = new StringBuilder(String.join(",", HEADINGS)).append('\n');
        var zeroShot = new ArrayList<String>(List.of(
                "zero-shot",
                "",
                "",
                Double.toString(report.zeroShotBase()),
                Double.toString(report.zeroShotUnseen()),
                Double.toString(Evaluation.harmonicMean(report.zeroShotBase(), report.zeroShotUnseen()))));
        while (zeroShot.size() < HEADINGS.size()) {
            zeroShot.add("");
        }
        text.append(String.join(",", zeroShot)).append('\n');
        for (var row : report.comparison().rows()) {
            for (var outcome : row.outcomes()) {
                text.append(String.join(",", cells(row, outcome))).append('\n');
            }
        }
        return text.toString();
    }

    private static List<String> cells(Comparison.Row row, RunOutcome outcome) {
        var ran = outcome.error().isEmpty();
        return Arrays.asList(
                row.method().toString(),
                Integer.toString(row.shots()),
                Long.toString(outcome.seed()),
                cell(outcome.base()),
                cell(outcome.unseen()),
                cell(outcome.harmonicMean()),
                row.hasRate() ? Prose.number(row.rateFactor()) : "",
                ran ? Double.toString(outcome.seconds()) : "",
                ran ? Long.toString(outcome.steps()) : "",
                ran ? Long.toString(outcome.peakMemoryBytes()) : "",
                ran ? Long.toString(outcome.peakTensorBytes()) : "",
                cell(outcome.paperStyleBytes()),
                ran ? Long.toString(outcome.trainedParameters()) : "",
                outcome.error()
                        .map(error -> '"' + error.replace("\"", "\"\"") + '"')
                        .orElse(""));
    }

    private static String cell(Optional<?> figure) {
        return figure.map(String::valueOf).orElse("");
    }

    static Map<String, Object> json(ComparisonReport report) {
        var zeroShot = new LinkedHashMap<String, Object>();
        zeroShot.put("base", report.zeroShotBase());
        zeroShot.put("new", report.zeroShotUnseen());
        zeroShot.put("h", Evaluation.harmonicMean(report.zeroShotBase(), report.zeroShotUnseen()));
        var object = new LinkedHashMap<String, Object>();
        object.put("zero_shot", zeroShot);
        object.put(
                "rows",
                report.comparison().rows().stream().map(ComparisonTable::row).toList());
        return object;
    }

    private static Map<String, @Nullable Object> row(Comparison.Row row) {
        var object = new LinkedHashMap<String, @Nullable Object>();
        object.put("method", row.method().toString());
        object.put("shots", row.shots());
        object.put("seeds", row.seeds());
        object.put("base", orNull(row.base()));
        object.put("new", orNull(row.unseen()));
        object.put("h", orNull(row.harmonicMean()));
        object.put("base_deviation", orNull(row.baseDeviation()));
        object.put("new_deviation", orNull(row.unseenDeviation()));
        object.put("h_deviation", orNull(row.harmonicMeanDeviation()));
        object.put("rate_factor", row.hasRate() ? row.rateFactor() : null);
        object.put("rate_factors", row.hasRate() ? row.rateFactors() : null);
        object.put("seconds", row.ran() ? row.seconds() : null);
        object.put("peak_memory_bytes", row.ran() ? row.peakMemoryBytes() : null);
        object.put("peak_tensor_bytes", row.ran() ? row.peakTensorBytes() : null);
        var paperStyle = row.paperStyleBytes();
        object.put("paper_style_bytes", paperStyle.isPresent() ? paperStyle.getAsLong() : null);
        object.put("trained_parameters", row.ran() ? row.trainedParameters() : null);
        object.put("failed", row.failures());
        object.put("runs", row.outcomes().stream().map(ComparisonTable::run).toList());
        return object;
    }

    private static Map<String, @Nullable Object> run(RunOutcome outcome) {
        var object = new LinkedHashMap<String, @Nullable Object>();
        object.put("seed", outcome.seed());
        object.put("base", outcome.base().orElse(null));
        object.put("new", outcome.unseen().orElse(null));
        object.put("h", outcome.harmonicMean().orElse(null));
        object.put("seconds", outcome.seconds());
        object.put("steps", outcome.steps());
        object.put("error", outcome.error().orElse(null));
        return object;
    }

    private static @Nullable Double orNull(OptionalDouble figure) {
        return figure.isPresent() ? figure.getAsDouble() : null;
    }
}
