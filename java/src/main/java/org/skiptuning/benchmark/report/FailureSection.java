package org.skiptuning.benchmark.report;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.skiptuning.benchmark.SweepResults;
import org.skiptuning.report.Prose;

/** Runs that failed, with what went wrong. */
final class FailureSection {
    private FailureSection() {}

    /** What runs that failed for one reason have in common. */
    private record Failure(String method, String error) {}

    private record Run(String task, int shots, long seed) {}

    static Optional<Section> of(SweepResults results) {
        var lines = new ArrayList<Table.Row>();
        results.zeroShot()
                .forEach((task, outcome) -> outcome.error()
                        .ifPresent(error -> lines.add(
                                new Table.Row(List.of(task, "zero-shot", "", "", error), Table.Emphasis.NONE))));
        var failures = new LinkedHashMap<Failure, List<Run>>();
        for (var row : results.rows()) {
            row.outcomes()
                    .forEach((seed, outcome) -> outcome.error()
                            .map(error -> new Failure(row.entrant().title(), error))
                            .ifPresent(failure -> failures.computeIfAbsent(failure, any -> new ArrayList<>())
                                    .add(new Run(row.task(), row.shots(), seed))));
        }
        failures.forEach((failure, runs) -> lines.add(new Table.Row(
                List.of(
                        named(runs, Run::task),
                        failure.method(),
                        named(runs, Run::shots),
                        named(runs, Run::seed),
                        failure.error()),
                Table.Emphasis.NONE)));
        return lines.isEmpty()
                ? Optional.empty()
                : Optional.of(new Section(
                        "Failed runs",
                        List.of(
                                "The command that they are of does them again, unless numbers ran away: those want lower rates or other"
                                        + " settings."),
                        List.of(new Table(List.of("data set", "method", "shots", "seed", "what went wrong"), lines)),
                        List.of()));
    }

    private static String named(List<Run> runs, Function<Run, Object> by) {
        return Prose.list(runs.stream().map(by).distinct().toList());
    }
}
