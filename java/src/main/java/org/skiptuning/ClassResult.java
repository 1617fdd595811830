package org.skiptuning;

/**
 * Accuracy on one class.
 *
 * @param label the class's number; names may occur twice, labels do not
 * @param name the class's name
 * @param correct pictures of the class whose best label is right
 * @param total pictures of the class
 */
public record ClassResult(int label, String name, int correct, int total) {
    /** Percent of the class's pictures that are right; 0 for a class without pictures. */
    public double accuracy() {
        return total == 0 ? 0 : 100.0 * correct / total;
    }
}
