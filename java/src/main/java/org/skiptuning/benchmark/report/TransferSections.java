package org.skiptuning.benchmark.report;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.skiptuning.benchmark.Figure;
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
                        row -> row.task() + ", " + Cells.shots(row.shots()), LinkedHashMap::new, Collectors.toList()))
                .forEach((title, rows) -> sections.add(new OfSource(rows).section(title)));
        return sections;
    }

    /** What was trained on one data set at one number of shots. */
    private final class OfSource {
        private final List<SweepRow> rows;
        private final List<Contender> contenders;
        private final String source;
        private final List<String> targets;
        private final Map<String, Double> zeroShot;

        OfSource(List<SweepRow> rows) {
            this.rows = rows;
            this.contenders = Contender.in(rows);
            this.source = rows.getFirst().task();
            this.targets = targets();
            this.zeroShot = Optional.ofNullable(results.zeroShot().get(source))
                    .filter(JobOutcome::succeeded)
                    .<Map<String, Double>>map(JobOutcome::accuracies)
                    .orElse(Map.of());
        }

        /** The data set that was trained on first, then in the order of the published table, then by name. */
        private List<String> targets() {
            var measured = rows.stream()
                    .flatMap(row -> row.outcomes().values().stream())
                    .flatMap(outcome -> outcome.accuracies().keySet().stream())
                    .collect(Collectors.toCollection(TreeSet::new));
            Set<String> ordered = new LinkedHashSet<>(List.of(source));
            PublishedFigures.dataSets(results.protocol()).stream()
                    .filter(measured::contains)
                    .forEach(ordered::add);
            ordered.addAll(measured);
            return List.copyOf(ordered);
        }

        Section section(String title) {
            return new Section(
                    "Trained on " + title,
                    List.of("The average is over the others than the data set that was trained on."),
                    List.of(accuracies(), costs()),
                    plots(title));
        }

        private String title(SweepRow row) {
            return Contender.of(row).title(contenders, row.failures());
        }

        private Table accuracies() {
            var headings = new ArrayList<>(List.of("method"));
            headings.addAll(targets);
            headings.add("average");
            var lines = new ArrayList<Table.Row>();
            if (!zeroShot.isEmpty()) {
                lines.add(line(
                        "zero-shot",
                        target -> Cells.percent(zeroShot(target)),
                        averageOfOthers(this::zeroShot),
                        Table.Emphasis.REFERENCE));
                if (rows.stream().allMatch(SweepRow::comparable)) {
                    published("zero-shot", PublishedFigures.ZERO_SHOT).ifPresent(lines::add);
                }
            }
            for (var row : rows) {
                var contender = Contender.of(row);
                lines.add(line(
                        title(row),
                        target -> Cells.figure(row.accuracy(target)),
                        averageOfOthers(row),
                        contender.emphasis()));
                if (contender.isAsPublished(rows)
                        && results.protocol().publishedShots().contains(row.shots())) {
                    published(row.entrant().title(), row.entrant().method().toString())
                            .ifPresent(lines::add);
                }
            }
            return new Table(headings, lines);
        }

        private Table.Row line(
                String title, Function<String, String> cell, OptionalDouble average, Table.Emphasis emphasis) {
            var cells = new ArrayList<>(List.of(title));
            targets.forEach(target -> cells.add(cell.apply(target)));
            cells.add(Cells.percent(average));
            return new Table.Row(cells, emphasis);
        }

        private OptionalDouble zeroShot(String target) {
            return optional(zeroShot.get(target));
        }

        private OptionalDouble averageOfOthers(SweepRow row) {
            return averageOfOthers(
                    target -> optional(row.accuracy(target).map(Figure::mean).orElse(null)));
        }

        private OptionalDouble averageOfOthers(Function<String, OptionalDouble> accuracy) {
            return targets.stream()
                    .filter(target -> !target.equals(source))
                    .map(accuracy)
                    .filter(OptionalDouble::isPresent)
                    .mapToDouble(OptionalDouble::getAsDouble)
                    .average();
        }

        private Optional<Table.Row> published(String title, String method) {
            var accuracies = PublishedFigures.transferred(results.protocol(), method);
            if (targets.stream().noneMatch(accuracies::containsKey)) {
                return Optional.empty();
            }
            // Of the same data sets alone.
            var average = Set.copyOf(targets).equals(PublishedFigures.dataSets(results.protocol()))
                    ? PublishedFigures.averageTransferred(results.protocol(), method)
                    : OptionalDouble.empty();
            return Optional.of(line(
                    title + ", published",
                    target -> Cells.percent(optional(accuracies.get(target))),
                    average,
                    Table.Emphasis.PUBLISHED));
        }

        private Table costs() {
            var notes = new RowNotes(results.protocol(), rows);
            var headings = new ArrayList<>(List.of("method"));
            headings.addAll(CostColumns.HEADINGS);
            return new Table(
                    headings,
                    rows.stream()
                            .map(row -> {
                                var cells = new ArrayList<>(List.of(title(row)));
                                cells.addAll(CostColumns.of(row, notes));
                                return new Table.Row(cells, Table.Emphasis.NONE);
                            })
                            .toList());
        }

        /** The average of the others against time and memory. */
        private List<Section.Picture> plots(String title) {
            var points = rows.stream()
                    .filter(row -> averageOfOthers(row).isPresent())
                    .map(row -> new CostPlots.Point(
                            Contender.of(row).title(contenders),
                            averageOfOthers(row).getAsDouble(),
                            row.seconds().orElse(0),
                            row.peakTensorBytes().orElse(0),
                            Contender.of(row).isOurs()))
                    .toList();
            return points.isEmpty()
                    ? List.of()
                    : new CostPlots(
                                    "average",
                                    "Others than the one trained on: " + title,
                                    "",
                                    averageOfOthers(this::zeroShot))
                            .of(points, title.replace(", ", "-").replace(' ', '-'));
        }
    }

    private static OptionalDouble optional(@Nullable Double value) {
        return value == null ? OptionalDouble.empty() : OptionalDouble.of(value);
    }
}
