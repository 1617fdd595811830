package org.skiptuning.benchmark.report;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.TreeMap;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import org.skiptuning.Method;
import org.skiptuning.benchmark.Protocol;
import org.skiptuning.benchmark.SweepResults;
import org.skiptuning.benchmark.SweepRow;
import org.skiptuning.benchmark.job.JobOutcome;

/** Few-shot: a column a number of shots, on the average and for each data set. */
final class FewShotSections {
    private final SweepResults results;
    private final List<Integer> shots;
    private final Map<String, List<SweepRow>> byTask;

    FewShotSections(SweepResults results) {
        this.results = results;
        this.shots =
                results.rows().stream().map(SweepRow::shots).distinct().sorted().toList();
        this.byTask = results.rows().stream()
                .collect(Collectors.groupingBy(SweepRow::task, LinkedHashMap::new, Collectors.toList()));
    }

    List<Section> sections() {
        var sections = new ArrayList<Section>();
        if (byTask.size() > 1) {
            sections.add(average());
        }
        byTask.forEach((task, rows) -> sections.add(section(task, rows)));
        return sections;
    }

    private Section average() {
        var curves = new LinkedHashMap<String, Map<Integer, Double>>();
        var lines = new ArrayList<Table.Row>();
        var untouched = byTask.keySet().stream()
                .map(this::zeroShot)
                .filter(OptionalDouble::isPresent)
                .mapToDouble(OptionalDouble::getAsDouble)
                .toArray();
        var zeroShot =
                untouched.length == byTask.size() ? Arrays.stream(untouched).average() : OptionalDouble.empty();
        if (zeroShot.isPresent()) {
            lines.add(line("zero-shot", count -> Cells.percent(zeroShot), Table.Emphasis.REFERENCE));
        }
        var contenders = Contender.in(results.rows());
        for (var contender : contenders) {
            var means = new TreeMap<Integer, Double>();
            for (var count : shots) {
                mean(contender, count).ifPresent(mean -> means.put(count, mean));
            }
            curves.put(contender.title(contenders), means);
            lines.add(line(
                    contender.title(contenders, failures(contender, results.rows())),
                    count -> Optional.ofNullable(means.get(count))
                            .map(Cells::percent)
                            .orElse(Cells.NONE),
                    contender.emphasis()));
            published(
                            contender,
                            results.rows(),
                            count -> PublishedFigures.averageOfFewShot(
                                    count, contender.entrant().method().toString()))
                    .filter(row -> byTask.keySet().equals(PublishedFigures.dataSets(Protocol.FEW_SHOT)))
                    .ifPresent(lines::add);
        }
        return new Section(
                "Average over " + byTask.size() + " data sets",
                List.of("Accuracy on all classes, by shots. An average needs every data set."),
                List.of(new Table(headings(), lines)),
                List.of(plot("average", curves, zeroShot)));
    }

    private Optional<Double> mean(Contender contender, int count) {
        var figures = byTask.entrySet().stream()
                .map(entry -> row(entry.getValue(), contender, count)
                        .flatMap(row -> row.accuracy(entry.getKey()))
                        .map(figure -> figure.mean()))
                .flatMap(Optional::stream)
                .toList();
        return figures.size() == byTask.size()
                ? Optional.of(figures.stream()
                        .mapToDouble(Double::doubleValue)
                        .average()
                        .orElseThrow())
                : Optional.empty();
    }

    private Section section(String task, List<SweepRow> rows) {
        var curves = new LinkedHashMap<String, Map<Integer, Double>>();
        var lines = new ArrayList<Table.Row>();
        var untouched = zeroShot(task);
        if (untouched.isPresent()) {
            lines.add(line("zero-shot", count -> Cells.percent(untouched), Table.Emphasis.REFERENCE));
        }
        var contenders = Contender.in(rows);
        for (var contender : contenders) {
            var means = new TreeMap<Integer, Double>();
            for (var count : shots) {
                row(rows, contender, count)
                        .flatMap(row -> row.accuracy(task))
                        .ifPresent(figure -> means.put(count, figure.mean()));
            }
            curves.put(contender.title(contenders), means);
            lines.add(line(
                    contender.title(contenders, failures(contender, rows)),
                    count -> Cells.figure(row(rows, contender, count).flatMap(row -> row.accuracy(task))),
                    contender.emphasis()));
            published(
                            contender,
                            rows,
                            count -> PublishedFigures.fewShot(
                                    task, count, contender.entrant().method().toString()))
                    .ifPresent(lines::add);
        }
        return new Section(
                task, List.of(), List.of(new Table(headings(), lines)), List.of(plot(task, curves, untouched)));
    }

    private static long failures(Contender contender, List<SweepRow> rows) {
        return rows.stream().filter(contender::is).mapToLong(SweepRow::failures).sum();
    }

    private Optional<Table.Row> published(
            Contender contender, List<SweepRow> rows, IntFunction<OptionalDouble> figure) {
        if (!contender.isAsPublished(rows)
                || shots.stream().noneMatch(count -> figure.apply(count).isPresent())) {
            return Optional.empty();
        }
        return Optional.of(line(
                contender.entrant().title() + ", published",
                count -> Cells.percent(figure.apply(count)),
                Table.Emphasis.PUBLISHED));
    }

    private OptionalDouble zeroShot(String task) {
        return Optional.ofNullable(results.zeroShot().get(task))
                .filter(JobOutcome::succeeded)
                .map(outcome -> outcome.accuracies().get(task))
                .map(OptionalDouble::of)
                .orElse(OptionalDouble.empty());
    }

    private static Optional<SweepRow> row(List<SweepRow> rows, Contender contender, int count) {
        return rows.stream()
                .filter(row -> contender.is(row) && row.shots() == count)
                .findFirst();
    }

    private List<String> headings() {
        var headings = new ArrayList<>(List.of("method"));
        shots.forEach(count -> headings.add(Cells.shots(count)));
        return headings;
    }

    private Table.Row line(String title, IntFunction<String> cell, Table.Emphasis emphasis) {
        var cells = new ArrayList<>(List.of(title));
        shots.forEach(count -> cells.add(cell.apply(count)));
        return new Table.Row(cells, emphasis);
    }

    private static Section.Picture plot(
            String name, Map<String, Map<Integer, Double>> curves, OptionalDouble zeroShot) {
        return new Section.Picture(
                "shots-" + name + ".png",
                "accuracy against shots",
                () -> LinePlot.png(
                        curves, Method.SKIP.title(), zeroShot, "Accuracy on all classes, " + name, "shots a class"));
    }
}
