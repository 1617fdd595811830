package org.skiptuning.report;

/**
 * What became of the test pictures.
 *
 * @param corrected wrong before, right after
 * @param broken right before, wrong after
 * @param right both times
 * @param wrong both times
 */
public record Tally(int corrected, int broken, int right, int wrong) {
    public int total() {
        return corrected + broken + right + wrong;
    }
}
