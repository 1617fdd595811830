package org.skiptuning.checkpoint;

/** How pixels are resampled; checkpoints that ask for another way are refused. */
public enum Interpolation {
    /** Cubic, a = −0.5, antialiased: Pillow's BICUBIC. */
    BICUBIC
}
