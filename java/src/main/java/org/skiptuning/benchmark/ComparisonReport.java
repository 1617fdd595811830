package org.skiptuning.benchmark;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import org.skiptuning.Evaluation;
import org.skiptuning.files.AtomicFile;
import org.skiptuning.files.Folders;
import org.skiptuning.report.Figures;

/**
 * A comparison as files: {@code report.md}, {@code report.csv}, and a plot of H against time and one against memory for
 * each number of shots.
 *
 * @param title of the report
 * @param about lines on model, data, machine and date
 * @param zeroShotBase accuracy without training on the first half of the classes
 * @param zeroShotUnseen the same on the other
 */
public record ComparisonReport(
        String title, List<String> about, double zeroShotBase, double zeroShotUnseen, Comparison comparison) {
    private static final String NONE = "–";

    public ComparisonReport {
        about = List.copyOf(about);
    }

    /** @throws org.skiptuning.SkipTuningException if a file cannot be written */
    public void write(Path folder) {
        Folders.create(folder);
        AtomicFile.write(folder.resolve("report.md"), markdown());
        AtomicFile.write(folder.resolve("report.csv"), csv());
        for (var shots : shots()) {
            var rows = rows(shots);
            var zeroShot = Evaluation.harmonicMean(zeroShotBase, zeroShotUnseen);
            AtomicFile.write(folder.resolve(plot("time", shots)), ComparisonPlot.ofTime(rows, shots, zeroShot));
            AtomicFile.write(folder.resolve(plot("memory", shots)), ComparisonPlot.ofMemory(rows, shots, zeroShot));
        }
    }

    private static String plot(String what, int shots) {
        return what + "-" + shots + "-shots.png";
    }

    private List<Integer> shots() {
        return comparison.rows().stream().map(Comparison.Row::shots).distinct().toList();
    }

    private List<Comparison.Row> rows(int shots) {
        return comparison.rows().stream().filter(row -> row.shots() == shots).toList();
    }

    /** Headings and tables, a table a number of shots. */
    public String markdown() {
        var text = new StringBuilder("# " + title + "\n\n");
        about.forEach(line -> text.append(line).append("\n\n"));
        for (var shots : shots()) {
            text.append("## ")
                    .append(shots)
                    .append(shots == 1 ? " shot" : " shots")
                    .append("\n\n");
            text.append(
                    "| method | base | new | H | rate × | seconds | peak memory | tensors' peak | paper-style memory | trained |\n"
                            + "|---|---|---|---|---|---|---|---|---|---|\n");
            text.append(String.format(
                    Locale.ROOT,
                    "| zero-shot | %.2f | %.2f | %.2f | | | | | | 0 |%n",
                    zeroShotBase,
                    zeroShotUnseen,
                    Evaluation.harmonicMean(zeroShotBase, zeroShotUnseen)));
            rows(shots).forEach(row -> text.append(line(row)));
            text.append("\n![H against time](")
                    .append(plot("time", shots))
                    .append(")\n\n![H against memory](")
                    .append(plot("memory", shots))
                    .append(")\n\n");
        }
        return text.toString();
    }

    private static String line(Comparison.Row row) {
        return "| " + row.method().title()
                + (row.failures() > 0 ? " (" + row.failures() + " failed)" : "")
                + " | " + withDeviation(row.base(), row.baseDeviation())
                + " | " + withDeviation(row.unseen(), row.unseenDeviation())
                + " | " + withDeviation(row.harmonicMean(), row.harmonicMeanDeviation())
                + " | " + (row.method().takes("learning_rate") ? number(row.rateFactor()) : NONE)
                + " | " + String.format(Locale.ROOT, "%.1f", row.seconds())
                + " | " + Figures.bytes(Math.round(row.peakMemoryBytes()))
                + " | " + Figures.bytes(Math.round(row.peakTensorBytes()))
                + " | " + Figures.bytes(Math.round(row.paperStyleBytes()))
                + " | " + String.format(Locale.ROOT, "%,d", row.trainedParameters()) + " |\n";
    }

    private static String withDeviation(OptionalDouble mean, double deviation) {
        return mean.isEmpty() ? NONE : String.format(Locale.ROOT, "%.2f ± %.2f", mean.getAsDouble(), deviation);
    }

    private static String number(double value) {
        return value == Math.rint(value) ? Long.toString((long) value) : Double.toString(value);
    }

    private String csv() {
        var text = new StringBuilder("method,shots,seed_index,base,new,h,rate_factor,seconds,steps,peak_memory_bytes,"
                + "peak_tensor_bytes,paper_style_bytes,trained_parameters,error\n");
        for (var row : comparison.rows()) {
            for (var index = 0; index < row.outcomes().size(); index++) {
                var outcome = row.outcomes().get(index);
                var cells = new ArrayList<String>(
                        List.of(row.method().toString(), Integer.toString(row.shots()), Integer.toString(index)));
                cells.add(outcome.base().map(String::valueOf).orElse(""));
                cells.add(outcome.unseen().map(String::valueOf).orElse(""));
                cells.add(
                        outcome.base().isPresent() && outcome.unseen().isPresent()
                                ? Double.toString(Evaluation.harmonicMean(
                                        outcome.base().get(), outcome.unseen().get()))
                                : "");
                cells.add(number(row.rateFactor()));
                cells.add(Double.toString(outcome.seconds()));
                cells.add(Long.toString(outcome.steps()));
                cells.add(Long.toString(outcome.peakMemoryBytes()));
                cells.add(Long.toString(outcome.peakTensorBytes()));
                cells.add(Long.toString(outcome.paperStyleBytes()));
                cells.add(Long.toString(outcome.trainedParameters()));
                cells.add('"' + outcome.error().orElse("").replace("\"", "\"\"") + '"');
                text.append(String.join(",", cells)).append('\n');
            }
        }
        return text.toString();
    }

    /** For JSON: an object a row. */
    public List<Map<String, Object>> json() {
        return comparison.rows().stream().map(ComparisonReport::json).toList();
    }

    private static Map<String, Object> json(Comparison.Row row) {
        var object = new LinkedHashMap<String, Object>();
        object.put("method", row.method().toString());
        object.put("shots", row.shots());
        row.base().ifPresent(value -> object.put("base", value));
        row.unseen().ifPresent(value -> object.put("new", value));
        row.harmonicMean().ifPresent(value -> object.put("h", value));
        object.put("base_deviation", row.baseDeviation());
        object.put("new_deviation", row.unseenDeviation());
        object.put("h_deviation", row.harmonicMeanDeviation());
        object.put("rate_factor", row.rateFactor());
        object.put("seconds", row.seconds());
        object.put("peak_memory_bytes", row.peakMemoryBytes());
        object.put("peak_tensor_bytes", row.peakTensorBytes());
        object.put("paper_style_bytes", row.paperStyleBytes());
        object.put("trained_parameters", row.trainedParameters());
        object.put("failed", row.failures());
        return object;
    }
}
