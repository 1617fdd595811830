package org.skiptuning.benchmark.report;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.function.Function;
import java.util.stream.LongStream;
import org.skiptuning.Method;
import org.skiptuning.benchmark.SweepPlan.Entrant;
import org.skiptuning.benchmark.SweepResults;
import org.skiptuning.benchmark.SweepRow;

/** What methods cost on the whole: measured time a step and a run, measured memory, and the paper's figures by their own names. */
final class EfficiencySection {
    private EfficiencySection() {}

    static Section of(SweepResults results) {
        var published = results.rows().stream().anyMatch(row -> PublishedFigures.know(row.task()));
        var headings = new ArrayList<>(List.of(
                "method",
                "ms a step, all in",
                "seconds a run",
                "peak memory",
                "tensors' peak",
                "paper-style memory",
                "trained"));
        if (published) {
            headings.addAll(List.of("published seconds", "published MB"));
        }
        var lines = results.rows().stream()
                .map(SweepRow::entrant)
                .distinct()
                .map(entrant -> line(results, entrant, published))
                .toList();
        return new Section(
                "What it costs",
                List.of(
                        "Time is measured with everything inside the clock: decoding, extracting, training. A step's is the"
                                + " run's time by its steps. Memory is the largest over all runs: of the process, and of tensors alone."
                                + " What the paper calls memory is an estimate by formula"
                                + (published
                                        ? "; the published figures are of another machine and other schedules."
                                        : ".")),
                List.of(new Table(headings, lines)),
                List.of());
    }

    private static Table.Row line(SweepResults results, Entrant entrant, boolean published) {
        var rows = results.rows().stream()
                .filter(row -> row.entrant().equals(entrant))
                .toList();
        var cells = new ArrayList<>(List.of(
                entrant.title(),
                Cells.decimal(mean(rows, SweepRow::millisecondsOfAStep)),
                Cells.decimal(mean(rows, SweepRow::seconds)),
                Cells.bytes(most(rows, SweepRow::peakMemoryBytes)),
                Cells.bytes(most(rows, SweepRow::peakTensorBytes)),
                Cells.bytes(most(rows, SweepRow::paperStyleBytes)),
                Cells.count(most(rows, SweepRow::trainedParameters))));
        if (published) {
            cells.add(Cells.decimal(PublishedFigures.seconds(results.protocol(), entrant)));
            cells.add(Cells.decimal(PublishedFigures.paperStyleMegabytes(results.protocol(), entrant)));
        }
        return new Table.Row(
                cells, entrant.equals(Entrant.of(Method.SKIP)) ? Table.Emphasis.OURS : Table.Emphasis.NONE);
    }

    private static OptionalDouble mean(List<SweepRow> rows, Function<SweepRow, OptionalDouble> of) {
        return rows.stream()
                .map(of)
                .filter(OptionalDouble::isPresent)
                .mapToDouble(OptionalDouble::getAsDouble)
                .average();
    }

    private static OptionalLong most(List<SweepRow> rows, Function<SweepRow, OptionalLong> of) {
        return rows.stream()
                .map(of)
                .filter(OptionalLong::isPresent)
                .flatMapToLong(value -> LongStream.of(value.getAsLong()))
                .max();
    }
}
