package org.skiptuning.data;

/** What a random draw is for: draws of different purposes never share a number. */
public enum Purpose {
    /** Which pictures of a class folder become test pictures. */
    FOLDER_SPLIT(1),
    /** The order of pictures in an epoch. */
    BATCH_PLAN(2),
    /** Random resized crop and flip. */
    CROP_AND_FLIP(3),
    /** Which text stands for a picture, in pre-training. */
    CAPTION(4),
    /** Changes to a picture in pre-training. */
    PRETRAIN_PICTURE(5),
    /** Which things a step of pre-training shows, and in which styles. */
    PRETRAIN_PAIRS(6),
    /** The weights that pre-training starts from. */
    PRETRAIN_WEIGHTS(7),
    /** Which names of the bundled pictures belong to a part. */
    BUNDLED_NAMES(8);

    private final int code;

    Purpose(int code) {
        this.code = code;
    }

    /** Part of the generator's counter: never change the number of a purpose. */
    int code() {
        return code;
    }
}
