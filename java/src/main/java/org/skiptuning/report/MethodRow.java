package org.skiptuning.report;

import java.util.OptionalDouble;
import java.util.OptionalLong;

/**
 * One method's figures.
 *
 * @param key names its colour and mark: zero-shot, skip, full
 * @param name for people
 * @param base accuracy on the classes trained on, percent
 * @param unseen accuracy on the other classes, percent
 * @param harmonic their harmonic mean (H), percent
 * @param seconds of training, the feature cache included
 * @param peakBytes largest memory of the process while it trained
 * @param tensorBytes largest memory of tensors meanwhile
 * @param trainedParameters numbers that training changed
 * @param note how it was set, in a few words
 */
public record MethodRow(
        String key,
        String name,
        double base,
        double unseen,
        double harmonic,
        OptionalDouble seconds,
        OptionalLong peakBytes,
        OptionalLong tensorBytes,
        OptionalLong trainedParameters,
        String note) {}
