package org.skiptuning.benchmark;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.skiptuning.Method;
import org.skiptuning.benchmark.job.JobOutcome;
import org.skiptuning.benchmark.job.MeasuredOn;

/**
 * What a sweep came to.
 *
 * @param zeroShot the untouched model's, by task
 * @param rows by task, shots and method
 */
public record SweepResults(Protocol protocol, Map<String, JobOutcome> zeroShot, List<SweepRow> rows) {
    public SweepResults {
        zeroShot = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(zeroShot));
        var tasks = rows.stream().map(SweepRow::task).distinct().toList();
        var methods = Method.all();
        rows = rows.stream()
                .sorted(Comparator.<SweepRow>comparingInt(row -> tasks.indexOf(row.task()))
                        .thenComparingInt(SweepRow::shots)
                        .thenComparingInt(row -> methods.indexOf(row.entrant().method()))
                        .thenComparingInt(row -> Study.place(row.entrant().variant()))
                        .thenComparing(row -> row.entrant().variant())
                        .thenComparingDouble(SweepRow::rateFactor))
                .toList();
    }

    /** These rows, and of an earlier sweep those that they do not do anew. */
    SweepResults with(List<SweepRow> earlier) {
        var all = new ArrayList<>(rows);
        earlier.stream().filter(row -> rows.stream().noneMatch(row::isSameAs)).forEach(all::add);
        return new SweepResults(protocol, zeroShot, all);
    }

    /** Runs of a part of a plan that failed; others in the folder are of other commands. */
    public long failures(SweepPlan plan, Shard shard) {
        var untouched = Sweep.zeroShotTasks(plan, shard).stream()
                .filter(task -> Optional.ofNullable(zeroShot.get(task.name()))
                        .filter(outcome -> !outcome.succeeded())
                        .isPresent())
                .count();
        return untouched
                + Sweep.places(plan, shard).stream()
                        .flatMap(place -> rows.stream().filter(row -> plan.isOf(place, row)))
                        .flatMap(row -> plan.seeds().stream().map(row.outcomes()::get))
                        .filter(outcome -> outcome != null && !outcome.succeeded())
                        .count();
    }

    /** On what its runs were done, the earliest first. */
    public List<MeasuredOn> measuredOn() {
        return Stream.concat(zeroShot.values().stream(), rows.stream().flatMap(row -> row.outcomes().values().stream()))
                .map(JobOutcome::measuredOn)
                .flatMap(Optional::stream)
                .distinct()
                .sorted(Comparator.comparing(MeasuredOn::date).thenComparing(MeasuredOn::title))
                .toList();
    }

    /** Runs that failed. */
    public long failures() {
        return rows.stream().mapToLong(SweepRow::failures).sum()
                + zeroShot.values().stream()
                        .filter(outcome -> !outcome.succeeded())
                        .count();
    }
}
