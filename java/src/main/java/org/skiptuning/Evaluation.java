package org.skiptuning;

import java.util.List;

/**
 * Top-1 accuracy of a model on the test pictures of a data set.
 *
 * @param correct pictures whose best label is right
 * @param total pictures looked at
 * @param perClass one entry a class, in label order
 * @param images one entry a picture, in the data set's order
 */
public record Evaluation(int correct, int total, List<ClassResult> perClass, List<ImageResult> images) {
    public Evaluation {
        perClass = List.copyOf(perClass);
        images = List.copyOf(images);
    }

    /** Percent of the pictures that are right; 0 without pictures. */
    public double accuracy() {
        return total == 0 ? 0 : 100.0 * correct / total;
    }

    /** Harmonic mean of two accuracies (H), 0 if either is 0. */
    public static double harmonicMean(double first, double second) {
        return first == 0 || second == 0 ? 0 : 2 * first * second / (first + second);
    }
}
