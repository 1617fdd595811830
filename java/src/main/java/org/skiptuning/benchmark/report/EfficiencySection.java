package org.skiptuning.benchmark.report;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.skiptuning.benchmark.Protocol;
import org.skiptuning.benchmark.SweepResults;
import org.skiptuning.benchmark.SweepRow;
import org.skiptuning.report.Prose;

/** What methods cost on the whole: measured time a step and a run, measured memory, and the paper's figures by their own names. */
final class EfficiencySection {
    private static final List<String> HEADINGS = List.of(
            "method",
            "ms a step, all in",
            "seconds a run",
            "peak memory",
            "tensors' peak",
            "paper-style memory",
            "trained");

    private static final List<String> PUBLISHED = List.of("published seconds", "published MB");

    private EfficiencySection() {}

    /** A table a number of shots: runs of other lengths have no mean. */
    static Section of(SweepResults results) {
        var notes = new ArrayList<>(List.of(
                "Time is measured with everything inside the clock: decoding, extracting, training. A step's is the"
                        + " run's time by its steps. Memory is the most of any row: of the process, and of tensors alone."
                        + " What the paper calls memory is an estimate by formula."));
        var tables = new ArrayList<Table>();
        results.rows().stream()
                .collect(Collectors.groupingBy(SweepRow::shots, TreeMap::new, Collectors.toList()))
                .forEach((shots, rows) -> {
                    var common = finishedByAll(rows);
                    tables.add(table(results.protocol(), shots, rows, common));
                    var all = rows.stream().map(SweepRow::task).distinct().toList();
                    if (common.isEmpty()) {
                        notes.add("At " + Cells.shots(shots)
                                + " no data set was finished by every method, so that nothing compares.");
                    } else if (common.size() < all.size()) {
                        notes.add("At " + Cells.shots(shots) + " over those that every method finished: "
                                + Prose.list(List.copyOf(common)) + ".");
                    }
                });
        if (tables.stream().anyMatch(table -> table.headings().containsAll(PUBLISHED))) {
            notes.add("The published figures are of another machine and other schedules.");
        }
        return new Section("What it costs", notes, tables, List.of());
    }

    /** Data sets over which a mean is one of the same work, whoever's it is; all of them where no method failed. */
    private static Set<String> finishedByAll(List<SweepRow> rows) {
        var common = rows.stream().map(SweepRow::task).collect(Collectors.toCollection(TreeSet::new));
        for (var contender : Contender.in(rows)) {
            var finished = rows.stream()
                    .filter(row -> contender.is(row) && row.seconds().isPresent())
                    .map(SweepRow::task)
                    .collect(Collectors.toSet());
            if (!finished.isEmpty()) {
                common.retainAll(finished);
            }
        }
        return common;
    }

    private static Table table(Protocol protocol, int shots, List<SweepRow> rows, Set<String> tasks) {
        var contenders = Contender.in(rows);
        var published = protocol.publishedShots().contains(shots)
                && contenders.stream()
                        .anyMatch(contender -> contender.isAsPublished(rows)
                                && PublishedFigures.seconds(protocol, contender.entrant())
                                        .isPresent());
        var headings = new ArrayList<>(HEADINGS);
        headings.set(0, "method, " + Cells.shots(shots));
        if (published) {
            headings.addAll(PUBLISHED);
        }
        return new Table(
                headings,
                contenders.stream()
                        .map(contender -> {
                            var own = rows.stream()
                                    .filter(row -> contender.is(row) && tasks.contains(row.task()))
                                    .toList();
                            var cells = cells(contender.title(contenders), own);
                            if (published) {
                                var same = contender.isAsPublished(rows);
                                cells.add(Cells.decimal(
                                        same
                                                ? PublishedFigures.seconds(protocol, contender.entrant())
                                                : OptionalDouble.empty()));
                                cells.add(Cells.decimal(
                                        same
                                                ? PublishedFigures.paperStyleMegabytes(protocol, contender.entrant())
                                                : OptionalDouble.empty()));
                            }
                            return new Table.Row(cells, contender.emphasis());
                        })
                        .toList());
    }

    private static List<String> cells(String title, List<SweepRow> rows) {
        return new ArrayList<>(List.of(
                title,
                Cells.decimal(mean(rows, SweepRow::millisecondsOfAStep)),
                Cells.decimal(mean(rows, SweepRow::seconds)),
                Cells.bytes(most(rows, SweepRow::peakMemoryBytes)),
                Cells.bytes(most(rows, SweepRow::peakTensorBytes)),
                Cells.bytes(most(rows, SweepRow::paperStyleBytes)),
                Cells.count(most(rows, SweepRow::trainedParameters))));
    }

    private static OptionalDouble mean(List<SweepRow> rows, Function<SweepRow, OptionalDouble> of) {
        return rows.stream().flatMapToDouble(row -> of.apply(row).stream()).average();
    }

    private static OptionalLong most(List<SweepRow> rows, Function<SweepRow, OptionalLong> of) {
        return rows.stream().flatMapToLong(row -> of.apply(row).stream()).max();
    }
}
