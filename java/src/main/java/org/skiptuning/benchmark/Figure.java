package org.skiptuning.benchmark;

import java.util.List;
import java.util.OptionalDouble;

/**
 * A mean over seeds, in percent.
 *
 * @param deviation of a sample, by one less than its size; empty of fewer than two
 */
public record Figure(double mean, OptionalDouble deviation) {
    /** @throws IllegalArgumentException of no values */
    static Figure of(List<Double> values) {
        var mean = values.stream()
                .mapToDouble(Double::doubleValue)
                .average()
                .orElseThrow(() -> new IllegalArgumentException("no values"));
        if (values.size() < 2) {
            return new Figure(mean, OptionalDouble.empty());
        }
        var squares = values.stream()
                .mapToDouble(value -> (value - mean) * (value - mean))
                .sum();
        return new Figure(mean, OptionalDouble.of(Math.sqrt(squares / (values.size() - 1))));
    }
}
