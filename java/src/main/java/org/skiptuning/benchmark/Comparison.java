package org.skiptuning.benchmark;

import java.util.List;
import java.util.OptionalDouble;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.stream.DoubleStream;
import org.skiptuning.Evaluation;
import org.skiptuning.Method;

/**
 * What a base-to-new comparison came to.
 *
 * @param rows in the order of the runs
 */
public record Comparison(List<Row> rows) {
    public Comparison {
        rows = List.copyOf(rows);
    }

    /**
     * One method at one number of shots.
     *
     * @param rateFactor that was chosen
     * @param outcomes one a seed
     */
    public record Row(Method method, int shots, double rateFactor, List<RunOutcome> outcomes) {
        public Row {
            outcomes = List.copyOf(outcomes);
        }

        private DoubleStream accuracies(Function<RunOutcome, java.util.Optional<Double>> of) {
            return outcomes.stream().map(of).flatMap(java.util.Optional::stream).mapToDouble(Double::doubleValue);
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

        /** Standard deviation over the seeds of the trained classes' accuracy. */
        public double baseDeviation() {
            return deviation(accuracies(RunOutcome::base).toArray());
        }

        /** The same of the other classes. */
        public double unseenDeviation() {
            return deviation(accuracies(RunOutcome::unseen).toArray());
        }

        /** The same of each seed's harmonic mean. */
        public double harmonicMeanDeviation() {
            return deviation(outcomes.stream()
                    .filter(outcome ->
                            outcome.base().isPresent() && outcome.unseen().isPresent())
                    .mapToDouble(outcome -> Evaluation.harmonicMean(
                            outcome.base().get(), outcome.unseen().get()))
                    .toArray());
        }

        /** Mean over the seeds. */
        public double seconds() {
            return mean(RunOutcome::seconds);
        }

        /** Mean over the seeds. */
        public double peakMemoryBytes() {
            return mean(RunOutcome::peakMemoryBytes);
        }

        /** Mean over the seeds. */
        public double peakTensorBytes() {
            return mean(RunOutcome::peakTensorBytes);
        }

        /** What the paper calls memory: an estimate. */
        public double paperStyleBytes() {
            return mean(RunOutcome::paperStyleBytes);
        }

        public long trainedParameters() {
            return outcomes.stream()
                    .mapToLong(RunOutcome::trainedParameters)
                    .max()
                    .orElse(0);
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
        private static double deviation(double[] values) {
            if (values.length < 2) {
                return 0;
            }
            var mean = DoubleStream.of(values).average().orElseThrow();
            return Math.sqrt(DoubleStream.of(values)
                            .map(value -> (value - mean) * (value - mean))
                            .sum()
                    / (values.length - 1));
        }
    }
}
