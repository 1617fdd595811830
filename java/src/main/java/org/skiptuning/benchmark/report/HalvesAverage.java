package org.skiptuning.benchmark.report;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;
import org.skiptuning.Evaluation;
import org.skiptuning.benchmark.Protocol;
import org.skiptuning.benchmark.SweepRow;
import org.skiptuning.benchmark.job.JobOutcome;

/**
 * What an entrant came to on the whole: means over data sets.
 *
 * @param seconds of a run
 * @param tensorBytes the most that tensors took on any
 * @param failures runs that are not among it
 */
record HalvesAverage(double base, double unseen, OptionalDouble seconds, OptionalLong tensorBytes, long failures) {
    /** Of the means, and no mean of each data set's. */
    double harmonicMean() {
        return Evaluation.harmonicMean(base, unseen);
    }

    /** @return empty unless every data set has both halves */
    static Optional<HalvesAverage> of(List<SweepRow> rows) {
        if (rows.isEmpty() || rows.stream().anyMatch(row -> row.harmonicMean().isEmpty())) {
            return Optional.empty();
        }
        return Optional.of(new HalvesAverage(
                mean(rows, row -> row.accuracy(Protocol.BASE).orElseThrow().mean()),
                mean(rows, row -> row.accuracy(Protocol.NEW).orElseThrow().mean()),
                rows.stream().flatMapToDouble(row -> row.seconds().stream()).average(),
                rows.stream()
                        .flatMapToLong(row -> row.peakTensorBytes().stream())
                        .max(),
                rows.stream().mapToLong(SweepRow::failures).sum()));
    }

    /**
     * Of entrants that were measured on every data set.
     *
     * @param byTask rows by data set
     */
    static Map<Contender, HalvesAverage> of(Map<String, List<SweepRow>> byTask) {
        var averages = new LinkedHashMap<Contender, HalvesAverage>();
        var all = byTask.values().stream().flatMap(List::stream).toList();
        for (var contender : Contender.in(all)) {
            var own = all.stream().filter(contender::is).toList();
            if (own.stream().map(SweepRow::task).distinct().count() == byTask.size()) {
                of(own).ifPresent(average -> averages.put(contender, average));
            }
        }
        return averages;
    }

    /** Of the untouched model; empty unless it was measured on every data set. */
    static Optional<HalvesAverage> untouched(List<String> tasks, Map<String, JobOutcome> zeroShot) {
        var outcomes = tasks.stream()
                .flatMap(task -> Stream.ofNullable(zeroShot.get(task)))
                .filter(JobOutcome::succeeded)
                .toList();
        return outcomes.size() < tasks.size() || outcomes.isEmpty()
                ? Optional.empty()
                : Optional.of(new HalvesAverage(
                        mean(outcomes, outcome -> accuracy(outcome, Protocol.BASE)),
                        mean(outcomes, outcome -> accuracy(outcome, Protocol.NEW)),
                        OptionalDouble.empty(),
                        OptionalLong.empty(),
                        0));
    }

    private static double accuracy(JobOutcome outcome, String target) {
        return Objects.requireNonNull(outcome.accuracies().get(target), target);
    }

    private static <T> double mean(List<T> all, ToDoubleFunction<T> of) {
        return all.stream().mapToDouble(of).average().orElseThrow();
    }
}
