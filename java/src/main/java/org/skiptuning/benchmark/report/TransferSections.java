package org.skiptuning.benchmark.report;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.skiptuning.Method;
import org.skiptuning.benchmark.Figure;
import org.skiptuning.benchmark.SweepPlan.Entrant;
import org.skiptuning.benchmark.SweepResults;
import org.skiptuning.benchmark.SweepRow;
import org.skiptuning.benchmark.job.JobOutcome;

/** Cross-dataset and domain generalisation: a column a data set that was measured, and the average without the first. */
final class TransferSections {
    private final SweepResults results;

    TransferSections(SweepResults results) {
        this.results = results;
    }

    List<Section> sections() {
        var sections = new ArrayList<Section>();
        results.rows().stream()
                .collect(Collectors.groupingBy(
                        row -> row.task() + ", " + row.shots() + (row.shots() == 1 ? " shot" : " shots"),
                        LinkedHashMap::new,
                        Collectors.toList()))
                .forEach((title, rows) -> sections.add(new Section(
                        "Trained on " + title,
                        List.of("The average is over the others than the data set that was trained on."),
                        List.of(accuracies(rows.getFirst().task(), rows), costs(rows)),
                        plots(title, rows))));
        return sections;
    }

    private Table accuracies(String source, List<SweepRow> rows) {
        var targets = targets(source, rows);
        var headings = new ArrayList<String>(List.of("method"));
        headings.addAll(targets);
        headings.add("average");
        var lines = new ArrayList<Table.Row>();
        Optional.ofNullable(results.zeroShot().get(source))
                .filter(JobOutcome::succeeded)
                .ifPresent(outcome -> {
                    lines.add(line("zero-shot", source, targets, outcome.accuracies(), Table.Emphasis.REFERENCE));
                    published("zero-shot", PublishedFigures.ZERO_SHOT, targets).ifPresent(lines::add);
                });
        for (var row : rows) {
            lines.add(line(source, targets, row));
            if (row.entrant().variant().isEmpty()
                    && results.protocol().publishedShots().contains(row.shots())) {
                published(row.entrant().title(), row.entrant().method().toString(), targets)
                        .ifPresent(lines::add);
            }
        }
        return new Table(headings, lines);
    }

    /** The data set that was trained on first, then in the order of the published table, then by name. */
    private List<String> targets(String source, List<SweepRow> rows) {
        var measured = rows.stream()
                .flatMap(row -> row.outcomes().values().stream())
                .flatMap(outcome -> outcome.accuracies().keySet().stream())
                .collect(Collectors.toCollection(TreeSet::new));
        Set<String> targets = new LinkedHashSet<>(List.of(source));
        PublishedFigures.dataSets(results.protocol()).stream()
                .filter(measured::contains)
                .forEach(targets::add);
        targets.addAll(measured);
        return List.copyOf(targets);
    }

    private static Table.Row line(String source, List<String> targets, SweepRow row) {
        var cells = new ArrayList<>(
                List.of(row.entrant().title() + (row.failures() > 0 ? " (" + row.failures() + " failed)" : "")));
        targets.forEach(target -> cells.add(Cells.figure(row.accuracy(target))));
        cells.add(Cells.percent(averageOfOthers(row)));
        return new Table.Row(
                cells, row.entrant().equals(Entrant.of(Method.SKIP)) ? Table.Emphasis.OURS : Table.Emphasis.NONE);
    }

    private static Table.Row line(
            String title,
            String source,
            List<String> targets,
            Map<String, Double> accuracies,
            Table.Emphasis emphasis) {
        var cells = new ArrayList<>(List.of(title));
        targets.forEach(target -> cells.add(
                Optional.ofNullable(accuracies.get(target)).map(Cells::percent).orElse(Cells.NONE)));
        cells.add(Cells.percent(averageOfOthers(source, targets, accuracies)));
        return new Table.Row(cells, emphasis);
    }

    private static OptionalDouble averageOfOthers(SweepRow row) {
        return row.outcomes().values().stream()
                .flatMap(outcome -> outcome.accuracies().keySet().stream())
                .distinct()
                .filter(target -> !target.equals(row.task()))
                .map(row::accuracy)
                .flatMap(Optional::stream)
                .mapToDouble(Figure::mean)
                .average();
    }

    /** The average of the others against time and memory. */
    private List<Section.Picture> plots(String title, List<SweepRow> rows) {
        var source = rows.getFirst().task();
        var zeroShot = Optional.ofNullable(results.zeroShot().get(source))
                .filter(JobOutcome::succeeded)
                .map(JobOutcome::accuracies)
                .map(found -> averageOfOthers(source, List.copyOf(found.keySet()), found))
                .orElse(OptionalDouble.empty());
        var seconds = points(rows, SweepRow::seconds);
        if (zeroShot.isEmpty() || seconds.isEmpty()) {
            return List.of();
        }
        var file = source + "-" + rows.getFirst().shots() + "-shots.png";
        var heading = "Others than the one trained on: " + title;
        return List.of(
                picture(
                        "time-" + file,
                        "Average against time",
                        seconds,
                        zeroShot.getAsDouble(),
                        heading,
                        PointPlot.SECONDS),
                picture(
                        "memory-" + file,
                        "Average against memory",
                        points(rows, row -> mebibytes(row.peakTensorBytes())),
                        zeroShot.getAsDouble(),
                        heading,
                        PointPlot.MEBIBYTES));
    }

    private static Section.Picture picture(
            String file, String alternative, List<PointPlot.Point> points, double zeroShot, String title, String cost) {
        return new Section.Picture(
                file,
                alternative,
                PointPlot.png(points, zeroShot, new PointPlot.Titles(title, "average, %", cost, "")));
    }

    private static OptionalDouble mebibytes(OptionalLong bytes) {
        return bytes.isPresent() ? OptionalDouble.of(bytes.getAsLong() / (double) (1 << 20)) : OptionalDouble.empty();
    }

    private static List<PointPlot.Point> points(List<SweepRow> rows, Function<SweepRow, OptionalDouble> cost) {
        return rows.stream()
                .filter(row ->
                        averageOfOthers(row).isPresent() && cost.apply(row).orElse(0) > 0)
                .map(row -> new PointPlot.Point(
                        row.entrant().title(),
                        cost.apply(row).getAsDouble(),
                        averageOfOthers(row).getAsDouble(),
                        row.entrant().equals(Entrant.of(Method.SKIP))))
                .toList();
    }

    private static OptionalDouble averageOfOthers(String source, List<String> targets, Map<String, Double> accuracies) {
        return targets.stream()
                .filter(target -> !target.equals(source))
                .map(accuracies::get)
                .filter(Objects::nonNull)
                .mapToDouble(Double::doubleValue)
                .average();
    }

    private Optional<Table.Row> published(String title, String method, List<String> targets) {
        var accuracies = PublishedFigures.transferred(results.protocol(), method);
        if (targets.stream().noneMatch(accuracies::containsKey)) {
            return Optional.empty();
        }
        var cells = new ArrayList<>(List.of(title + ", published"));
        targets.forEach(target -> cells.add(
                Optional.ofNullable(accuracies.get(target)).map(Cells::percent).orElse(Cells.NONE)));
        // Of the same data sets alone.
        cells.add(
                Set.copyOf(targets).equals(PublishedFigures.dataSets(results.protocol()))
                        ? Cells.percent(PublishedFigures.averageTransferred(results.protocol(), method))
                        : Cells.NONE);
        return Optional.of(new Table.Row(cells, Table.Emphasis.PUBLISHED));
    }

    private Table costs(List<SweepRow> rows) {
        var notes = new RowNotes(results.protocol(), rows);
        var headings = new ArrayList<>(List.of("method"));
        headings.addAll(CostColumns.HEADINGS);
        return new Table(
                headings,
                rows.stream()
                        .map(row -> {
                            var cells = new ArrayList<>(List.of(row.entrant().title()));
                            cells.addAll(CostColumns.of(row, notes));
                            return new Table.Row(cells, Table.Emphasis.NONE);
                        })
                        .toList());
    }
}
