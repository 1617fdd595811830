package org.skiptuning.checkpoint;

/** How a picture becomes a square. */
public enum ResizeMode {
    /** The shorter side is resized to the square's, and the middle is cut out. */
    SHORTEST,
    /** Both sides are resized to the square's, whatever the proportions. */
    SQUASH
}
