package org.skiptuning;

/**
 * What one epoch did.
 *
 * @param epoch counted from 0
 * @param epochs of the whole run
 * @param steps of this epoch
 * @param meanLoss mean of its steps' losses
 * @param rates learning rates of this epoch
 * @param seconds spent on it in this process, the image cache's refresh included
 */
public record EpochMetrics(int epoch, int epochs, long steps, double meanLoss, LearningRates rates, double seconds) {}
