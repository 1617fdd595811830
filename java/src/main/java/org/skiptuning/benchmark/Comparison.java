package org.skiptuning.benchmark;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.stream.DoubleStream;
import org.skiptuning.Evaluation;
import org.skiptuning.Method;

/**
 * What a base-to-new comparison came to.
 *
 * @param rows by shots, and of the same shots in the order of {@link Method#all()}
 */
public record Comparison(List<Row> rows) {
    public Comparison {
        var order = Method.all();
        rows = rows.stream()
                .sorted(Comparator.comparingInt(Row::shots).thenComparing(row -> order.indexOf(row.method())))
                .toList();
    }

    /** These rows, and of an earlier comparison those that they do not do anew. */
    Comparison with(List<Row> earlier) {
        var all = new ArrayList<>(rows);
        earlier.stream().filter(row -> rows.stream().noneMatch(row::isSameAs)).forEach(all::add);
        return new Comparison(all);
    }

    /** Measurements that failed. */
    public long failures() {
        return rows.stream().mapToLong(Row::failures).sum();
    }

    /**
     * One method at one number of shots.
     *
     * @param rateFactors that its rates were tried with; one alone was taken without a trial
     * @param rateFactor the one of them that it was measured with
     * @param chosenBySeed the seed of the runs that chose it; empty where there was one
     * @param outcomes one a seed
     */
    public record Row(
            Method method,
            int shots,
            List<Double> rateFactors,
            double rateFactor,
            Optional<Long> chosenBySeed,
            List<RunOutcome> outcomes) {
        public Row {
            rateFactors = List.copyOf(rateFactors);
            outcomes = List.copyOf(outcomes);
        }

        private boolean isSameAs(Row other) {
            return method.equals(other.method) && shots == other.shots && rateFactors.equals(other.rateFactors);
        }

        /** With the seeds that an earlier one of the same settings had beside its own. */
        Row grownBy(Row earlier) {
            var all = new TreeMap<Long, RunOutcome>();
            earlier.outcomes.forEach(outcome -> all.put(outcome.seed(), outcome));
            outcomes.forEach(outcome -> all.put(outcome.seed(), outcome));
            return new Row(method, shots, rateFactors, rateFactor, chosenBySeed, List.copyOf(all.values()));
        }

        /** Whether the method has a learning rate for a factor to change. */
        public boolean hasRate() {
            return method.takes("learning_rate");
        }

        public List<Long> seeds() {
            return outcomes.stream().map(RunOutcome::seed).toList();
        }

        private DoubleStream accuracies(Function<RunOutcome, Optional<Double>> of) {
            return outcomes.stream().map(of).flatMap(Optional::stream).mapToDouble(Double::doubleValue);
        }

        /** Mean over the seeds. */
        public OptionalDouble base() {
            return accuracies(RunOutcome::base).average();
        }

        /** Mean over the seeds; empty for a method that knows no other classes. */
        public OptionalDouble unseen() {
            return accuracies(RunOutcome::unseen).average();
        }

        /** The harmonic mean of both means. */
        public OptionalDouble harmonicMean() {
            return base().isPresent() && unseen().isPresent()
                    ? OptionalDouble.of(Evaluation.harmonicMean(base().getAsDouble(), unseen().getAsDouble()))
                    : OptionalDouble.empty();
        }

        /** Standard deviation over the seeds of the trained classes' accuracy; empty of fewer than two. */
        public OptionalDouble baseDeviation() {
            return deviation(accuracies(RunOutcome::base).toArray());
        }

        /** The same of the other classes. */
        public OptionalDouble unseenDeviation() {
            return deviation(accuracies(RunOutcome::unseen).toArray());
        }

        /** The same of each seed's harmonic mean. */
        public OptionalDouble harmonicMeanDeviation() {
            return deviation(accuracies(RunOutcome::harmonicMean).toArray());
        }

        /** Mean over the seeds. */
        public double seconds() {
            return mean(RunOutcome::seconds);
        }

        /** Mean over the seeds. */
        public long peakMemoryBytes() {
            return Math.round(mean(RunOutcome::peakMemoryBytes));
        }

        /** Mean over the seeds. */
        public long peakTensorBytes() {
            return Math.round(mean(RunOutcome::peakTensorBytes));
        }

        /** What the paper calls memory: an estimate; empty of a method on features, which it does not cover. */
        public OptionalLong paperStyleBytes() {
            var figures = outcomes.stream()
                    .map(RunOutcome::paperStyleBytes)
                    .flatMap(Optional::stream)
                    .mapToLong(Long::longValue)
                    .average();
            return figures.isEmpty() ? OptionalLong.empty() : OptionalLong.of(Math.round(figures.getAsDouble()));
        }

        public long trainedParameters() {
            return outcomes.stream()
                    .mapToLong(RunOutcome::trainedParameters)
                    .max()
                    .orElse(0);
        }

        /** Whether any of its runs did not fail. */
        public boolean ran() {
            return failures() < outcomes.size();
        }

        public long failures() {
            return outcomes.stream()
                    .filter(outcome -> outcome.error().isPresent())
                    .count();
        }

        private double mean(ToDoubleFunction<RunOutcome> of) {
            return outcomes.stream()
                    .filter(outcome -> outcome.error().isEmpty())
                    .mapToDouble(of)
                    .average()
                    .orElse(0);
        }

        /** Of a sample: by one less than its size. */
        private static OptionalDouble deviation(double[] values) {
            if (values.length < 2) {
                return OptionalDouble.empty();
            }
            var mean = DoubleStream.of(values).average().orElseThrow();
            var squares = DoubleStream.of(values)
                    .map(value -> (value - mean) * (value - mean))
                    .sum();
            return OptionalDouble.of(Math.sqrt(squares / (values.length - 1)));
        }
    }
}
