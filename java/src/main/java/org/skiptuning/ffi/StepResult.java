package org.skiptuning.ffi;

/**
 * What one training step did.
 *
 * @param loss the mean over the batch, before the update
 * @param keptClasses the classes that took part, ascending
 */
public record StepResult(double loss, long[] keptClasses) {}
