package org.skiptuning;

import java.util.Collections;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What a training run came to.
 *
 * @param finalLoss loss of the last step; none of a method without steps, nor of one whose step is a whole fit: a step's
 *     loss is that before it
 * @param lastEpochLoss mean loss of the last epoch, likewise
 * @param steps of the whole run
 * @param trainSeconds wall time of the whole run, its cache included, summed over interruptions
 * @param cacheSeconds the part of it that filled the feature caches
 * @param peakMemoryBytes on a CUDA card what LibTorch allocated there at most, on the processor the largest resident
 *     set of the whole process while it trained, mapped files and Java's heap included; of the last part of a run that
 *     was interrupted
 * @param peakTensorBytes the most that LibTorch's tensors took on the device meanwhile; the original's weights that are
 *     used in place from a mapped file are not among them
 * @param paperStyleBytes what the paper calls memory, by {@link PaperStyleMemory}: no measurement; none of methods on features, whose
 *     steps pass no tower
 * @param trainedParameters numbers that training may change
 * @param chosen what the method chose by validation pictures, by name, such as Tip-Adapter's {@code alpha}; empty where it
 *     chose nothing
 * @param evaluation on the data set's test pictures, where the settings ask for it
 */
public record TrainingResult(
        Optional<Double> finalLoss,
        Optional<Double> lastEpochLoss,
        long steps,
        double trainSeconds,
        double cacheSeconds,
        long peakMemoryBytes,
        long peakTensorBytes,
        Optional<Long> paperStyleBytes,
        long trainedParameters,
        SortedMap<String, Double> chosen,
        Optional<Evaluation> evaluation) {
    public TrainingResult {
        chosen = Collections.unmodifiableSortedMap(new TreeMap<>(chosen));
    }

    TrainingResult withChosen(SortedMap<String, Double> value) {
        return with(value, evaluation);
    }

    TrainingResult withEvaluation(Evaluation value) {
        return with(chosen, Optional.of(value));
    }

    private TrainingResult with(SortedMap<String, Double> newChosen, Optional<Evaluation> newEvaluation) {
        return new TrainingResult(
                finalLoss,
                lastEpochLoss,
                steps,
                trainSeconds,
                cacheSeconds,
                peakMemoryBytes,
                peakTensorBytes,
                paperStyleBytes,
                trainedParameters,
                newChosen,
                newEvaluation);
    }
}
