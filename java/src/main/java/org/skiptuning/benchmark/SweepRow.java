package org.skiptuning.benchmark;

import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;
import org.skiptuning.Evaluation;
import org.skiptuning.benchmark.job.JobOutcome;

/**
 * An entrant on a task at a number of shots.
 *
 * @param task name of the task
 * @param rateFactors that its rates were tried with; one alone was taken without a trial
 * @param rateFactor the one of them that it was measured with
 * @param chosenBySeed the seed of the runs that chose it; empty where there was one
 * @param outcomes by seed
 * @param comparable whether its data sets are, as they are here, those that figures were published of
 */
public record SweepRow(
        String task,
        SweepPlan.Entrant entrant,
        int shots,
        List<Double> rateFactors,
        double rateFactor,
        Optional<Long> chosenBySeed,
        SortedMap<Long, JobOutcome> outcomes,
        boolean comparable) {
    public SweepRow {
        rateFactors = List.copyOf(rateFactors);
        outcomes = Collections.unmodifiableSortedMap(new TreeMap<>(outcomes));
    }

    /** Whether two are the same but for their seeds. */
    boolean isSameAs(SweepRow other) {
        return task.equals(other.task)
                && entrant.equals(other.entrant)
                && shots == other.shots
                && rateFactors.equals(other.rateFactors);
    }

    /** With the seeds that an earlier one of the same settings had beside its own. */
    SweepRow grownBy(SweepRow earlier) {
        var all = new TreeMap<>(earlier.outcomes);
        all.putAll(outcomes);
        return new SweepRow(
                task, entrant, shots, rateFactors, rateFactor, chosenBySeed, all, comparable && earlier.comparable);
    }

    /** Whether the method has a learning rate for a factor to change. */
    public boolean hasRate() {
        return entrant.method().takes("learning_rate");
    }

    public List<Long> seeds() {
        return List.copyOf(outcomes.keySet());
    }

    /** Those that its figures are over. */
    public List<Long> succeededSeeds() {
        return seeds().stream()
                .filter(seed -> Objects.requireNonNull(outcomes.get(seed)).succeeded())
                .toList();
    }

    private Stream<JobOutcome> succeeded() {
        return outcomes.values().stream().filter(JobOutcome::succeeded);
    }

    /** Of a target, over the seeds; empty where it was not measured. */
    public Optional<Figure> accuracy(String target) {
        var values = succeeded()
                .map(outcome -> outcome.accuracies().get(target))
                .filter(Objects::nonNull)
                .toList();
        return values.isEmpty() ? Optional.empty() : Optional.of(Figure.of(values));
    }

    /** The harmonic mean of both halves' means; its deviation is that of the seeds' own. */
    public Optional<Figure> harmonicMean() {
        var base = accuracy(Protocol.BASE);
        var unseen = accuracy(Protocol.NEW);
        if (base.isEmpty() || unseen.isEmpty()) {
            return Optional.empty();
        }
        var each = succeeded()
                .flatMap(outcome -> harmonicMean(outcome).stream().boxed())
                .toList();
        return Optional.of(new Figure(
                Evaluation.harmonicMean(base.get().mean(), unseen.get().mean()),
                Figure.of(each).deviation()));
    }

    /** Of one run, or of the untouched model; empty without both halves. */
    public static OptionalDouble harmonicMean(JobOutcome outcome) {
        var base = outcome.accuracies().get(Protocol.BASE);
        var unseen = outcome.accuracies().get(Protocol.NEW);
        return base == null || unseen == null
                ? OptionalDouble.empty()
                : OptionalDouble.of(Evaluation.harmonicMean(base, unseen));
    }

    /** Mean over the seeds; empty where every run failed. */
    public OptionalDouble seconds() {
        return mean(JobOutcome::seconds);
    }

    /** Of one step, the caches' part in it: the run's time by its steps; empty of runs without. */
    public OptionalDouble millisecondsOfAStep() {
        return succeeded()
                .filter(outcome -> outcome.steps() > 0)
                .mapToDouble(outcome -> 1000 * outcome.seconds() / outcome.steps())
                .average();
    }

    /** Mean over the seeds. */
    public OptionalLong peakMemoryBytes() {
        return rounded(mean(JobOutcome::peakMemoryBytes));
    }

    /** Mean over the seeds. */
    public OptionalLong peakTensorBytes() {
        return rounded(mean(JobOutcome::peakTensorBytes));
    }

    /** What the paper calls memory: an estimate; empty of a method on features, which it does not cover. */
    public OptionalLong paperStyleBytes() {
        return rounded(succeeded()
                .map(JobOutcome::paperStyleBytes)
                .flatMap(Optional::stream)
                .mapToLong(Long::longValue)
                .average());
    }

    public OptionalLong trainedParameters() {
        return succeeded().mapToLong(JobOutcome::trainedParameters).max();
    }

    public long failures() {
        return outcomes.size() - succeeded().count();
    }

    private OptionalDouble mean(ToDoubleFunction<JobOutcome> of) {
        return succeeded().mapToDouble(of).average();
    }

    private static OptionalLong rounded(OptionalDouble value) {
        return value.isPresent() ? OptionalLong.of(Math.round(value.getAsDouble())) : OptionalLong.empty();
    }
}
