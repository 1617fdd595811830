package org.skiptuning.benchmark.report;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.skiptuning.benchmark.Figure;
import org.skiptuning.benchmark.Protocol;
import org.skiptuning.benchmark.SweepResults;
import org.skiptuning.benchmark.SweepRow;
import org.skiptuning.report.Prose;

/** Base-to-new: for each number of shots the average over the data sets, then each of them. */
final class BaseToNewSections {
    private final SweepResults results;

    BaseToNewSections(SweepResults results) {
        this.results = results;
    }

    List<Section> sections() {
        return results.rows().stream()
                .collect(Collectors.groupingBy(SweepRow::shots, TreeMap::new, Collectors.toList()))
                .entrySet()
                .stream()
                .flatMap(entry -> new AtShots(entry.getKey(), entry.getValue()).sections().stream())
                .toList();
    }

    /** What was trained at one number of shots. */
    private final class AtShots {
        private final String words;
        private final boolean published;
        private final List<SweepRow> rows;
        private final Map<String, List<SweepRow>> byTask;

        AtShots(int shots, List<SweepRow> rows) {
            this.words = Cells.shots(shots);
            // The published figures are of so many pictures a class alone.
            this.published = Protocol.BASE_TO_NEW.publishedShots().contains(shots);
            this.rows = rows;
            this.byTask = rows.stream()
                    .collect(Collectors.groupingBy(SweepRow::task, LinkedHashMap::new, Collectors.toList()));
        }

        List<Section> sections() {
            var sections = new ArrayList<Section>();
            if (byTask.size() > 1) {
                var averages = HalvesAverage.of(byTask);
                sections.add(new Section(
                        "Average over " + byTask.size() + " data sets, " + words,
                        List.of("H is the harmonic mean of the averages."),
                        List.of(averageTable(averages)),
                        plots("average", rows, averages)));
            }
            byTask.forEach((task, own) -> sections.add(new Section(
                    byTask.size() > 1 ? task + ", " + words : words,
                    List.of(),
                    List.of(table(task, own)),
                    byTask.size() > 1 ? List.of() : plots(task, own, HalvesAverage.of(Map.of(task, own))))));
            return sections;
        }

        private Optional<HalvesAverage> zeroShot(List<String> tasks) {
            return HalvesAverage.untouched(tasks, results.zeroShot());
        }

        private List<String> tasks(List<SweepRow> of) {
            return of.stream().map(SweepRow::task).distinct().toList();
        }

        private Table averageTable(Map<Contender, HalvesAverage> averages) {
            var lines = new ArrayList<Table.Row>();
            var tasks = List.copyOf(byTask.keySet());
            zeroShot(tasks).ifPresent(average -> lines.add(line("zero-shot", average, Table.Emphasis.REFERENCE)));
            var contenders = List.copyOf(averages.keySet());
            var wholeTable = published && Set.copyOf(tasks).equals(PublishedFigures.dataSets(Protocol.BASE_TO_NEW));
            averages.forEach((contender, average) -> {
                lines.add(line(contender.title(contenders, average.failures()), average, contender.emphasis()));
                if (wholeTable && contender.isAsPublished(rows)) {
                    published(contender).ifPresent(lines::add);
                }
            });
            return new Table(List.of("method", "base", "new", "H", "seconds"), lines);
        }

        private static Table.Row line(String title, HalvesAverage average, Table.Emphasis emphasis) {
            return new Table.Row(
                    List.of(
                            title,
                            Cells.percent(average.base()),
                            Cells.percent(average.unseen()),
                            Cells.percent(average.harmonicMean()),
                            Cells.decimal(average.seconds())),
                    emphasis);
        }

        private static Optional<Table.Row> published(Contender contender) {
            var entrant = contender.entrant();
            return PublishedFigures.averageOfHalves(entrant.method().toString())
                    .map(halves -> new Table.Row(
                            List.of(
                                    entrant.title() + ", published",
                                    Cells.percent(halves.base()),
                                    Cells.percent(halves.unseen()),
                                    Cells.percent(halves.harmonicMean()),
                                    Cells.decimal(PublishedFigures.seconds(Protocol.BASE_TO_NEW, entrant))),
                            Table.Emphasis.PUBLISHED));
        }

        private Table table(String task, List<SweepRow> own) {
            var notes = new RowNotes(Protocol.BASE_TO_NEW, own);
            var contenders = Contender.in(own);
            var compared = own.stream().anyMatch(row -> publishedHalves(row).isPresent());
            var headings = new ArrayList<>(List.of("method", "base", "new", "H"));
            if (compared) {
                headings.addAll(List.of("published H", "difference"));
            }
            if (notes.seedsDiffer()) {
                headings.add("seeds");
            }
            headings.addAll(CostColumns.HEADINGS);
            var lines = new ArrayList<Table.Row>();
            zeroShot(List.of(task)).ifPresent(average -> {
                var cells = new ArrayList<>(List.of(
                        "zero-shot",
                        Cells.percent(average.base()),
                        Cells.percent(average.unseen()),
                        Cells.percent(average.harmonicMean())));
                if (compared) {
                    cells.addAll(compared(
                            PublishedFigures.halves(task, PublishedFigures.ZERO_SHOT),
                            Optional.of(average.harmonicMean())));
                }
                if (notes.seedsDiffer()) {
                    cells.add("");
                }
                cells.addAll(CostColumns.none());
                lines.add(new Table.Row(cells, Table.Emphasis.REFERENCE));
            });
            for (var row : own) {
                var contender = Contender.of(row);
                var cells = new ArrayList<>(List.of(
                        contender.title(contenders, row.failures()),
                        Cells.figure(row.accuracy(Protocol.BASE)),
                        Cells.figure(row.accuracy(Protocol.NEW)),
                        Cells.figure(row.harmonicMean())));
                if (compared) {
                    cells.addAll(
                            compared(publishedHalves(row), row.harmonicMean().map(Figure::mean)));
                }
                if (notes.seedsDiffer()) {
                    cells.add(Prose.list(row.succeededSeeds()));
                }
                cells.addAll(CostColumns.of(row, notes));
                lines.add(new Table.Row(cells, contender.emphasis()));
            }
            return new Table(headings, lines);
        }

        private Optional<PublishedFigures.Halves> publishedHalves(SweepRow row) {
            return published && Contender.of(row).isAsPublished(List.of(row))
                    ? PublishedFigures.halves(row.task(), row.entrant().method().toString())
                    : Optional.empty();
        }

        private static List<String> compared(Optional<PublishedFigures.Halves> published, Optional<Double> own) {
            return List.of(
                    published
                            .map(figures -> Cells.percent(figures.harmonicMean()))
                            .orElse(Cells.NONE),
                    published
                            .flatMap(figures -> own.map(h -> Cells.difference(h - figures.harmonicMean())))
                            .orElse(Cells.NONE));
        }

        private List<Section.Picture> plots(String name, List<SweepRow> of, Map<Contender, HalvesAverage> averages) {
            if (averages.isEmpty()) {
                return List.of();
            }
            var contenders = List.copyOf(averages.keySet());
            var points = averages.entrySet().stream()
                    .map(entry -> new CostPlots.Point(
                            entry.getKey().title(contenders),
                            entry.getValue().harmonicMean(),
                            entry.getValue().seconds().orElse(0),
                            entry.getValue().tensorBytes().orElse(0),
                            entry.getKey().isOurs()))
                    .toList();
            var reference = zeroShot(tasks(of))
                    .map(average -> OptionalDouble.of(average.harmonicMean()))
                    .orElse(OptionalDouble.empty());
            return new CostPlots("H", "H of base and new classes, " + words, caption(of), reference)
                    .of(points, name + "-" + words.replace(' ', '-'));
        }
    }

    /** Who is missing, and why. */
    static String caption(List<SweepRow> rows) {
        return Stream.of(
                        missing(
                                "Trained classes only, so no H and no point: ",
                                rows,
                                row -> !row.entrant().method().knowsOtherClasses()),
                        missing(
                                "Failed: ",
                                rows,
                                row -> row.entrant().method().knowsOtherClasses()
                                        && row.harmonicMean().isEmpty()))
                .flatMap(Optional::stream)
                .collect(Collectors.joining(" "));
    }

    private static Optional<String> missing(String why, List<SweepRow> rows, Predicate<SweepRow> which) {
        var titles = rows.stream()
                .filter(which)
                .map(row -> row.entrant().title())
                .distinct()
                .toList();
        return titles.isEmpty() ? Optional.empty() : Optional.of(why + Prose.list(titles) + ".");
    }
}
