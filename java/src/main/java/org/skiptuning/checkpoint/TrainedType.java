package org.skiptuning.checkpoint;

/** The element type in which trained tensors are saved. */
public enum TrainedType {
    /** As they were trained; nothing is lost. */
    FLOAT32,
    /** That of the tensor they replace, rounded to nearest. */
    ORIGINAL
}
