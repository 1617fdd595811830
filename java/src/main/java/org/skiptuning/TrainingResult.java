package org.skiptuning;

import java.util.Optional;

/**
 * What a training run came to.
 *
 * @param finalLoss loss of the last step
 * @param lastEpochLoss mean loss of the last epoch
 * @param steps of the whole run
 * @param trainSeconds wall time of the whole run, its cache included, summed over interruptions
 * @param cacheSeconds the part of it that filled the feature caches
 * @param peakMemoryBytes on a CUDA card what LibTorch allocated there at most, on the processor the largest resident
 *     set of the whole process while it trained, mapped files and Java's heap included; of the last part of a run that
 *     was interrupted
 * @param peakTensorBytes the most that LibTorch's tensors took on the device meanwhile; the original's weights that are
 *     used in place from a mapped file are not among them
 * @param paperStyleBytes what the paper calls memory, by {@link PaperStyleMemory}: no measurement
 * @param trainedParameters numbers that training may change
 * @param evaluation on the data set's test pictures, where the settings ask for it
 */
public record TrainingResult(
        double finalLoss,
        double lastEpochLoss,
        long steps,
        double trainSeconds,
        double cacheSeconds,
        long peakMemoryBytes,
        long peakTensorBytes,
        long paperStyleBytes,
        long trainedParameters,
        Optional<Evaluation> evaluation) {

    TrainingResult withEvaluation(Evaluation value) {
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
                Optional.of(value));
    }
}
