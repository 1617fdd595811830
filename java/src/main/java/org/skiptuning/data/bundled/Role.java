package org.skiptuning.data.bundled;

/** What the pictures of a style or icon set are used for; a style has one role only. */
public enum Role {
    TRAIN,
    VALIDATION,
    TEST
}
