package org.skiptuning.report;

/**
 * A test picture with its predictions.
 *
 * @param dataUri the picture itself
 * @param name its right label
 * @param half base or new
 * @param before prediction without training
 * @param after prediction after Skip Tuning
 */
public record PictureCard(String dataUri, String name, String half, Guess before, Guess after) {
    /**
     * A prediction.
     *
     * @param label best label
     * @param probability of it, from 0 to 1
     */
    public record Guess(String label, double probability, boolean right) {
        /** A mark that needs no colour. */
        public String mark() {
            return right ? "✓" : "✗";
        }

        public String verdict() {
            return right ? "right" : "wrong";
        }
    }
}
