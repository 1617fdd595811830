package org.skiptuning.report;

/**
 * What became of one class.
 *
 * @param name the class
 * @param half base or new
 * @param before right pictures without training
 * @param after right pictures after Skip Tuning
 * @param total pictures of the class
 */
public record ClassChange(String name, String half, int before, int after, int total) {
    /** Percentage points gained; below 0 lost. */
    public double change() {
        return total == 0 ? 0 : 100.0 * (after - before) / total;
    }
}
