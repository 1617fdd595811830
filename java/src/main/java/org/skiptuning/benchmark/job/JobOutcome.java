package org.skiptuning.benchmark.job;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What one run came to; percent, seconds and bytes.
 *
 * @param error of a run that failed; its figures are zero then
 * @param diverged whether it failed for numbers that ran away, and would again
 * @param accuracies by the names of the targets
 * @param seconds of the whole training, its caches included
 * @param peakMemoryBytes the largest resident set of the process meanwhile, or what LibTorch allocated on a card
 * @param peakTensorBytes the most that tensors took
 * @param paperStyleBytes what the paper calls memory: an estimate, that methods on features have none of
 * @param measuredOn of a run that did not fail
 * @param warnings what a reader of its figures should know, such as pictures that were left out; a line each
 */
public record JobOutcome(
        Optional<String> error,
        boolean diverged,
        SortedMap<String, Double> accuracies,
        double seconds,
        long steps,
        long peakMemoryBytes,
        long peakTensorBytes,
        Optional<Long> paperStyleBytes,
        long trainedParameters,
        Optional<MeasuredOn> measuredOn,
        List<String> warnings) {
    private static final int MOST_WARNINGS = 100;

    public JobOutcome {
        warnings = warnings.stream().distinct().limit(MOST_WARNINGS).toList();
        accuracies = Collections.unmodifiableSortedMap(new TreeMap<>(accuracies));
        for (double accuracy : accuracies.values()) {
            if (!(accuracy >= 0 && accuracy <= 100)) {
                throw new IllegalArgumentException("an accuracy is " + accuracy + ": it goes from 0 to 100");
            }
        }
        if (!(seconds >= 0 && seconds < Double.POSITIVE_INFINITY)
                || steps < 0
                || peakMemoryBytes < 0
                || peakTensorBytes < 0
                || paperStyleBytes.orElse(0L) < 0
                || trainedParameters < 0) {
            throw new IllegalArgumentException("a time, size or count is below 0");
        }
        // An extraction's steps are rows, and it trains nothing.
        if (error.isEmpty() && accuracies.isEmpty() && (steps == 0 || trainedParameters > 0)) {
            throw new IllegalArgumentException("a run that did not fail has accuracies");
        }
    }

    public static JobOutcome failed(String error, boolean diverged) {
        return new JobOutcome(
                Optional.of(error),
                diverged,
                Collections.emptySortedMap(),
                0,
                0,
                0,
                0,
                Optional.empty(),
                0,
                Optional.empty(),
                List.of());
    }

    /** Of the untouched model. */
    static JobOutcome untrained(Map<String, Double> accuracies, double seconds, MeasuredOn measuredOn) {
        return new JobOutcome(
                Optional.empty(),
                false,
                new TreeMap<>(accuracies),
                seconds,
                0,
                0,
                0,
                Optional.empty(),
                0,
                Optional.of(measuredOn),
                List.of());
    }

    static JobOutcome extracted(long rows, double seconds, MeasuredOn measuredOn) {
        return new JobOutcome(
                Optional.empty(),
                false,
                Collections.emptySortedMap(),
                seconds,
                rows,
                0,
                0,
                Optional.empty(),
                0,
                Optional.of(measuredOn),
                List.of());
    }

    /** Whether it would come to the same another time. */
    boolean isFinal() {
        return succeeded() || diverged;
    }

    public boolean succeeded() {
        return error.isEmpty();
    }

    JobOutcome with(List<String> itsWarnings) {
        return new JobOutcome(
                error,
                diverged,
                accuracies,
                seconds,
                steps,
                peakMemoryBytes,
                peakTensorBytes,
                paperStyleBytes,
                trainedParameters,
                measuredOn,
                itsWarnings);
    }
}
