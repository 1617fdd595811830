package org.skiptuning.cli;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.skiptuning.ClassResult;
import org.skiptuning.Evaluation;

/** Evaluations as text and as JSON. */
final class Accuracies {
    private static final int SHOWN_CLASSES = 5;

    private Accuracies() {}

    static Map<String, Object> json(Evaluation evaluation) {
        var object = new LinkedHashMap<String, Object>();
        object.put("accuracy", evaluation.accuracy());
        object.put("correct", evaluation.correct());
        object.put("total", evaluation.total());
        object.put(
                "per_class",
                evaluation.perClass().stream().map(Accuracies::json).toList());
        return object;
    }

    private static Map<String, Object> json(ClassResult result) {
        var object = new LinkedHashMap<String, Object>();
        object.put("label", result.label());
        object.put("name", result.name());
        object.put("correct", result.correct());
        object.put("total", result.total());
        object.put("accuracy", result.accuracy());
        return object;
    }

    /** Accuracy, and the classes that are hardest. */
    static void print(Output output, Evaluation evaluation) {
        output.line(
                "Accuracy %.2f %%: %d of %d pictures right, %d classes",
                evaluation.accuracy(),
                evaluation.correct(),
                evaluation.total(),
                evaluation.perClass().size());
        List<ClassResult> hardest = evaluation.perClass().stream()
                .filter(result -> result.total() > 0)
                .sorted(java.util.Comparator.comparingDouble(ClassResult::accuracy))
                .limit(SHOWN_CLASSES)
                .toList();
        if (evaluation.perClass().size() > SHOWN_CLASSES) {
            output.line("");
            output.line("Hardest classes:");
        }
        int width = hardest.stream()
                .mapToInt(result -> result.name().length())
                .max()
                .orElse(1);
        for (ClassResult result : hardest) {
            output.line(
                    "  %-" + width + "s  %5.1f %%  (%d of %d)",
                    result.name(),
                    result.accuracy(),
                    result.correct(),
                    result.total());
        }
    }

    /** A row of a table of accuracies. */
    static String row(String name, double... values) {
        var row = new StringBuilder(String.format(Locale.ROOT, "  %-18s", name));
        for (double value : values) {
            row.append(String.format(Locale.ROOT, "%8.2f", value));
        }
        return row.toString();
    }

    /** A row of differences. */
    static String changes(String name, double... values) {
        var row = new StringBuilder(String.format(Locale.ROOT, "  %-18s", name));
        for (double value : values) {
            row.append(String.format(Locale.ROOT, "%+8.2f", value));
        }
        return row.toString();
    }

    static String heading(String... names) {
        var row = new StringBuilder(String.format(Locale.ROOT, "  %-18s", ""));
        for (String name : names) {
            row.append(String.format(Locale.ROOT, "%8s", name));
        }
        return row.toString();
    }
}
