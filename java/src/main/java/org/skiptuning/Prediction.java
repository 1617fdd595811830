package org.skiptuning;

/**
 * One of the labels offered for a picture.
 *
 * @param label as offered
 * @param probability softmax over all labels offered, from 0 to 1
 */
public record Prediction(String label, double probability) {}
