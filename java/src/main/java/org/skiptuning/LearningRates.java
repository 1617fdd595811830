package org.skiptuning;

/**
 * The learning rates of one epoch.
 *
 * @param text of the text tower and of everything outside the image tower
 * @param image of the image tower
 */
public record LearningRates(double text, double image) {}
