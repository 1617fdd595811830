package org.skiptuning.benchmark;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.skiptuning.Evaluation;
import org.skiptuning.files.AtomicFile;
import org.skiptuning.files.Folders;
import org.skiptuning.report.Figures;
import org.skiptuning.report.Prose;

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

    private ComparisonNotes notes() {
        return new ComparisonNotes(comparison);
    }

    /** @throws org.skiptuning.SkipTuningException if a file cannot be written */
    public void write(Path folder) {
        Folders.create(folder);
        AtomicFile.write(folder.resolve("report.md"), markdown());
        AtomicFile.write(folder.resolve("report.csv"), ComparisonTable.csv(this));
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

    /** For programs: what the table holds, and each run of it; null where there is no figure. */
    public Map<String, Object> json() {
        return ComparisonTable.json(this);
    }

    /** Headings and tables, a table a number of shots. */
    public String markdown() {
        var text = new StringBuilder("# " + title + "\n\n");
        about.forEach(line -> text.append(line).append("\n\n"));
        text.append(notes().text()).append("\n\n");
        for (var shots : shots()) {
            text.append("## ")
                    .append(shots)
                    .append(shots == 1 ? " shot" : " shots")
                    .append("\n\n");
            var columns = columns();
            text.append(line(columns.stream().map(Column::heading)));
            text.append("|---".repeat(columns.size())).append("|\n");
            var zeroShot = List.of(
                    "zero-shot",
                    percent(zeroShotBase),
                    percent(zeroShotUnseen),
                    percent(Evaluation.harmonicMean(zeroShotBase, zeroShotUnseen)));
            text.append(line(IntStream.range(0, columns.size())
                    .mapToObj(index ->
                            index < zeroShot.size() ? zeroShot.get(index) : index + 1 < columns.size() ? "" : "0")));
            for (var row : rows(shots)) {
                text.append(line(columns.stream().map(column -> column.cell().apply(row))));
            }
            text.append("\n![H against time](")
                    .append(plot("time", shots))
                    .append(")\n\n![H against memory](")
                    .append(plot("memory", shots))
                    .append(")\n\n");
        }
        return text.toString();
    }

    private record Column(String heading, Function<Comparison.Row, String> cell) {}

    private List<Column> columns() {
        var columns = new ArrayList<Column>();
        columns.add(new Column(
                "method",
                row -> row.method().title() + (row.failures() > 0 ? " (" + row.failures() + " failed)" : "")));
        columns.add(new Column("base", row -> withDeviation(row.base(), row.baseDeviation())));
        columns.add(new Column("new", row -> withDeviation(row.unseen(), row.unseenDeviation())));
        columns.add(new Column("H", row -> withDeviation(row.harmonicMean(), row.harmonicMeanDeviation())));
        if (notes().seedsDiffer()) {
            columns.add(new Column("seeds", row -> Prose.list(row.seeds())));
        }
        columns.add(new Column("rate ×", this::rate));
        columns.add(new Column("seconds", row -> row.ran() ? String.format(Locale.ROOT, "%.1f", row.seconds()) : NONE));
        columns.add(new Column("peak memory", row -> row.ran() ? Figures.bytes(row.peakMemoryBytes()) : NONE));
        columns.add(new Column("tensors' peak", row -> row.ran() ? Figures.bytes(row.peakTensorBytes()) : NONE));
        columns.add(new Column("paper-style memory", row -> {
            var bytes = row.paperStyleBytes();
            return bytes.isPresent() ? Figures.bytes(bytes.getAsLong()) : NONE;
        }));
        columns.add(new Column(
                "trained", row -> row.ran() ? String.format(Locale.ROOT, "%,d", row.trainedParameters()) : NONE));
        return columns;
    }

    private String rate(Comparison.Row row) {
        if (!row.hasRate()) {
            return NONE;
        }
        var factor = Prose.number(row.rateFactor());
        if (!notes().factorsDiffer()) {
            return factor;
        }
        return row.rateFactors().size() > 1
                ? factor + " (of " + Prose.list(row.rateFactors()) + ")"
                : factor + " (not chosen)";
    }

    private static String line(Stream<String> cells) {
        return cells.map(cell -> "| " + cell + " ").collect(Collectors.joining()) + "|\n";
    }

    private static String percent(double value) {
        return String.format(Locale.ROOT, "%.2f", value);
    }

    private static String withDeviation(OptionalDouble mean, OptionalDouble deviation) {
        if (mean.isEmpty()) {
            return NONE;
        }
        return percent(mean.getAsDouble()) + (deviation.isPresent() ? " ± " + percent(deviation.getAsDouble()) : "");
    }
}
