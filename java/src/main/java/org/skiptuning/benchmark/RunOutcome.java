package org.skiptuning.benchmark;

import com.fasterxml.jackson.annotation.JsonIgnore;
import java.util.Optional;
import org.skiptuning.Evaluation;

/**
 * What one run came to; percent, seconds and bytes.
 *
 * @param seed that it was run with
 * @param error of a run that failed; its figures are zero then
 * @param diverged whether it failed for numbers that ran away, and would again
 * @param validation accuracy on validation pictures of the trained classes, of a run for a choice
 * @param base accuracy on test pictures of the trained classes
 * @param unseen accuracy on those of the other classes, where the method knows them
 * @param seconds of the whole run, its caches included
 * @param peakMemoryBytes the largest resident set of the process meanwhile
 * @param peakTensorBytes the most that tensors took
 * @param paperStyleBytes what the paper calls memory: an estimate, that methods on features have none of
 */
public record RunOutcome(
        long seed,
        Optional<String> error,
        boolean diverged,
        Optional<Double> validation,
        Optional<Double> base,
        Optional<Double> unseen,
        double seconds,
        long steps,
        long peakMemoryBytes,
        long peakTensorBytes,
        Optional<Long> paperStyleBytes,
        long trainedParameters) {
    public RunOutcome {
        validation.ifPresent(RunOutcome::requirePercent);
        base.ifPresent(RunOutcome::requirePercent);
        unseen.ifPresent(RunOutcome::requirePercent);
        if (!(seconds >= 0 && seconds < Double.POSITIVE_INFINITY)
                || steps < 0
                || peakMemoryBytes < 0
                || peakTensorBytes < 0
                || paperStyleBytes.orElse(0L) < 0
                || trainedParameters < 0) {
            throw new IllegalArgumentException("a time, size or count is below 0");
        }
    }

    private static void requirePercent(double accuracy) {
        if (!(accuracy >= 0 && accuracy <= 100)) {
            throw new IllegalArgumentException("an accuracy is " + accuracy + ": it goes from 0 to 100");
        }
    }

    static RunOutcome failed(long seed, String error, boolean diverged) {
        return new RunOutcome(
                seed,
                Optional.of(error),
                diverged,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                0,
                0,
                0,
                0,
                Optional.empty(),
                0);
    }

    /** What a run of this purpose is for. */
    Optional<Double> accuracy(RunSpec.Purpose purpose) {
        return purpose == RunSpec.Purpose.CHOICE ? validation : base;
    }

    /** Of both accuracies, where there are both. */
    @JsonIgnore
    public Optional<Double> harmonicMean() {
        return base.flatMap(known -> unseen.map(others -> Evaluation.harmonicMean(known, others)));
    }
}
