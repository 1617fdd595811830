package org.skiptuning.benchmark.report;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.skiptuning.Evaluation;
import org.skiptuning.Method;
import org.skiptuning.benchmark.Protocol;
import org.skiptuning.benchmark.SweepPlan.Entrant;
import org.skiptuning.benchmark.SweepResults;
import org.skiptuning.benchmark.SweepRow;
import org.skiptuning.benchmark.job.JobOutcome;
import org.skiptuning.report.Prose;

/** Base-to-new: for each number of shots the average over the data sets, then each of them. */
final class BaseToNewSections {
    private static final double MEBIBYTE = 1024.0 * 1024;

    private final SweepResults results;

    BaseToNewSections(SweepResults results) {
        this.results = results;
    }

    List<Section> sections() {
        var sections = new ArrayList<Section>();
        var byShots = results.rows().stream()
                .collect(Collectors.groupingBy(SweepRow::shots, LinkedHashMap::new, Collectors.toList()));
        byShots.entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .forEach(entry -> add(sections, entry.getKey(), entry.getValue()));
        return sections;
    }

    private void add(List<Section> sections, int shots, List<SweepRow> rows) {
        var words = shots == 1 ? "1 shot" : shots + " shots";
        var byTask =
                rows.stream().collect(Collectors.groupingBy(SweepRow::task, LinkedHashMap::new, Collectors.toList()));
        if (byTask.size() > 1) {
            var averages = averages(byTask);
            sections.add(new Section(
                    "Average over " + byTask.size() + " data sets, " + words,
                    List.of("H is the harmonic mean of the averages."),
                    List.of(averageTable(
                            shots, averages, byTask.keySet().stream().toList())),
                    plots(
                            "average",
                            words,
                            rows,
                            averages,
                            zeroShot(byTask.keySet().stream().toList()))));
        }
        byTask.forEach((task, ofTask) -> {
            var halves = ofTask.stream()
                    .filter(row -> row.harmonicMean().isPresent())
                    .collect(Collectors.toMap(
                            Function.identity(),
                            row -> new Average(
                                    row.accuracy(Protocol.BASE).orElseThrow().mean(),
                                    row.accuracy(Protocol.NEW).orElseThrow().mean(),
                                    row.seconds(),
                                    asDouble(row)),
                            (one, other) -> one,
                            LinkedHashMap::new));
            var byContender = new LinkedHashMap<Contender, Average>();
            halves.forEach((row, average) -> byContender.put(Contender.of(row), average));
            sections.add(new Section(
                    byTask.size() > 1 ? task + ", " + words : words,
                    List.of(),
                    List.of(table(task, ofTask)),
                    byTask.size() > 1 ? List.of() : plots(task, words, ofTask, byContender, zeroShot(List.of(task)))));
        });
    }

    /** What an entrant came to on the whole. */
    private record Average(double base, double unseen, OptionalDouble seconds, OptionalDouble tensorBytes) {
        double harmonicMean() {
            return Evaluation.harmonicMean(base, unseen);
        }
    }

    private static OptionalDouble asDouble(SweepRow row) {
        var bytes = row.peakTensorBytes();
        return bytes.isPresent() ? OptionalDouble.of(bytes.getAsLong()) : OptionalDouble.empty();
    }

    /** Of entrants that were measured on every data set. */
    private static Map<Contender, Average> averages(Map<String, List<SweepRow>> byTask) {
        var averages = new LinkedHashMap<Contender, Average>();
        byTask.values().stream()
                .flatMap(List::stream)
                .map(Contender::of)
                .distinct()
                .forEach(contender -> {
                    var rows = byTask.values().stream()
                            .map(ofTask -> ofTask.stream()
                                    .filter(row -> contender.is(row)
                                            && row.harmonicMean().isPresent())
                                    .findFirst())
                            .flatMap(Optional::stream)
                            .toList();
                    if (rows.size() == byTask.size()) {
                        averages.put(
                                contender,
                                new Average(
                                        mean(
                                                rows,
                                                row -> row.accuracy(Protocol.BASE)
                                                        .orElseThrow()
                                                        .mean()),
                                        mean(
                                                rows,
                                                row -> row.accuracy(Protocol.NEW)
                                                        .orElseThrow()
                                                        .mean()),
                                        rows.stream()
                                                .flatMap(row ->
                                                        row.seconds().stream().boxed())
                                                .mapToDouble(Double::doubleValue)
                                                .average(),
                                        rows.stream()
                                                .flatMap(row ->
                                                        asDouble(row).stream().boxed())
                                                .mapToDouble(Double::doubleValue)
                                                .max()));
                    }
                });
        return averages;
    }

    private static double mean(List<SweepRow> rows, Function<SweepRow, Double> of) {
        return rows.stream().mapToDouble(of::apply).average().orElseThrow();
    }

    private Optional<Average> zeroShot(List<String> tasks) {
        var outcomes = tasks.stream()
                .map(task -> Optional.ofNullable(results.zeroShot().get(task)))
                .flatMap(Optional::stream)
                .filter(JobOutcome::succeeded)
                .toList();
        if (outcomes.size() < tasks.size()) {
            return Optional.empty();
        }
        return Optional.of(new Average(
                average(outcomes, Protocol.BASE),
                average(outcomes, Protocol.NEW),
                OptionalDouble.empty(),
                OptionalDouble.empty()));
    }

    private static double average(List<JobOutcome> outcomes, String target) {
        return outcomes.stream()
                .mapToDouble(outcome -> outcome.accuracies().getOrDefault(target, 0.0))
                .average()
                .orElse(0);
    }

    private Table averageTable(int shots, Map<Contender, Average> averages, List<String> tasks) {
        var rows = new ArrayList<Table.Row>();
        zeroShot(tasks).ifPresent(average -> rows.add(line("zero-shot", average, Table.Emphasis.REFERENCE)));
        var contenders = List.copyOf(averages.keySet());
        var published = isPublished(shots) && Set.copyOf(tasks).equals(PublishedFigures.dataSets(Protocol.BASE_TO_NEW));
        averages.forEach((contender, average) -> {
            rows.add(line(contender.title(contenders), average, contender.emphasis()));
            if (published && contender.isAsPublished()) {
                var entrant = contender.entrant();
                PublishedFigures.averageOfHalves(entrant.method().toString())
                        .ifPresent(halves -> rows.add(new Table.Row(
                                List.of(
                                        entrant.title() + ", published",
                                        Cells.percent(halves.base()),
                                        Cells.percent(halves.unseen()),
                                        Cells.percent(halves.harmonicMean()),
                                        Cells.decimal(PublishedFigures.seconds(Protocol.BASE_TO_NEW, entrant))),
                                Table.Emphasis.PUBLISHED)));
            }
        });
        return new Table(List.of("method", "base", "new", "H", "seconds"), rows);
    }

    private static Table.Row line(String title, Average average, Table.Emphasis emphasis) {
        return new Table.Row(
                List.of(
                        title,
                        Cells.percent(average.base()),
                        Cells.percent(average.unseen()),
                        Cells.percent(average.harmonicMean()),
                        Cells.decimal(average.seconds())),
                emphasis);
    }

    /** The published figures are of so many pictures a class alone. */
    private static boolean isPublished(int shots) {
        return Protocol.BASE_TO_NEW.publishedShots().contains(shots);
    }

    private static boolean isOurs(Entrant entrant) {
        return entrant.equals(Entrant.of(Method.SKIP));
    }

    private Table table(String task, List<SweepRow> rows) {
        var notes = new RowNotes(results.protocol(), rows);
        var published = rows.stream().anyMatch(row -> published(task, row).isPresent());
        var headings = new ArrayList<>(List.of("method", "base", "new", "H"));
        if (published) {
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
            if (published) {
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
        for (var row : rows) {
            var cells = new ArrayList<>(List.of(
                    row.entrant().title() + (row.failures() > 0 ? " (" + row.failures() + " failed)" : ""),
                    Cells.figure(row.accuracy(Protocol.BASE)),
                    Cells.figure(row.accuracy(Protocol.NEW)),
                    Cells.figure(row.harmonicMean())));
            if (published) {
                cells.addAll(compared(published(task, row), row.harmonicMean().map(figure -> figure.mean())));
            }
            if (notes.seedsDiffer()) {
                cells.add(Prose.list(row.seeds()));
            }
            cells.addAll(CostColumns.of(row, notes));
            lines.add(new Table.Row(cells, isOurs(row.entrant()) ? Table.Emphasis.OURS : Table.Emphasis.NONE));
        }
        return new Table(headings, lines);
    }

    private static Optional<PublishedFigures.Halves> published(String task, SweepRow row) {
        return row.entrant().variant().isEmpty() && isPublished(row.shots())
                ? PublishedFigures.halves(task, row.entrant().method().toString())
                : Optional.empty();
    }

    private static List<String> compared(Optional<PublishedFigures.Halves> published, Optional<Double> own) {
        return List.of(
                published.map(figures -> Cells.percent(figures.harmonicMean())).orElse(Cells.NONE),
                published
                        .flatMap(figures -> own.map(h -> Cells.difference(h - figures.harmonicMean())))
                        .orElse(Cells.NONE));
    }

    private static List<Section.Picture> plots(
            String name,
            String words,
            List<SweepRow> rows,
            Map<Contender, Average> averages,
            Optional<Average> zeroShot) {
        if (averages.isEmpty()) {
            return List.of();
        }
        var reference = zeroShot.map(Average::harmonicMean)
                .orElse(averages.values().iterator().next().harmonicMean());
        var title = "H of base and new classes, " + words;
        var file = name + "-" + words.replace(' ', '-');
        return List.of(
                new Section.Picture(
                        "time-" + file + ".png",
                        "H against time",
                        PointPlot.png(
                                points(averages, Average::seconds, 1),
                                reference,
                                new PointPlot.Titles(title, "H, %", PointPlot.SECONDS, caption(rows)))),
                new Section.Picture(
                        "memory-" + file + ".png",
                        "H against memory",
                        PointPlot.png(
                                points(averages, Average::tensorBytes, MEBIBYTE),
                                reference,
                                new PointPlot.Titles(title, "H, %", PointPlot.MEBIBYTES, caption(rows)))));
    }

    private static List<PointPlot.Point> points(
            Map<Contender, Average> averages, Function<Average, OptionalDouble> cost, double unit) {
        var contenders = List.copyOf(averages.keySet());
        return averages.entrySet().stream()
                .filter(entry -> cost.apply(entry.getValue()).orElse(0) > 0)
                .map(entry -> new PointPlot.Point(
                        entry.getKey().title(contenders),
                        cost.apply(entry.getValue()).getAsDouble() / unit,
                        entry.getValue().harmonicMean(),
                        entry.getKey().isOurs()))
                .sorted(Comparator.comparing(PointPlot.Point::title))
                .toList();
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
