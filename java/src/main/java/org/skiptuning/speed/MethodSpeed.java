package org.skiptuning.speed;

import java.util.List;

/**
 * What was measured of one method.
 *
 * @param stepMillis of each measured step, in the order they ran
 * @param keptClasses of the last step
 * @param peakMemoryBytes above the loaded weights: on the processor of the process's resident set, with gradients,
 *     momentum and the cache; on a card what LibTorch allocated
 * @param peakTensorBytes what LibTorch allocated at most beyond the loaded weights
 * @param heldBytes what the forward keeps for the backward
 * @param cost by formula, of the classes kept
 * @param floorMillis the least by formula and the machine's measured rates; 0 where no formula says it
 */
public record MethodSpeed(
        List<Double> stepMillis,
        int keptClasses,
        long peakMemoryBytes,
        long peakTensorBytes,
        long heldBytes,
        StepCost cost,
        double floorMillis) {
    public MethodSpeed {
        stepMillis = List.copyOf(stepMillis);
    }

    public double medianMillis() {
        return quantile(0.5);
    }

    /**
     * How much of the time was needed at least: 1 is the machine's limit, but for what the prompts' common beginning saves,
     * which the formula doesn't count.
     */
    public double shareOfFloor() {
        return floorMillis / medianMillis();
    }

    /** The step time that a share of the steps didn't exceed. */
    public double quantile(double share) {
        var sorted = stepMillis.stream().sorted().toList();
        return sorted.get((int) Math.min(sorted.size() - 1, Math.floor(share * sorted.size())));
    }
}
