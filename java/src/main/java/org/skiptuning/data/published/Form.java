package org.skiptuning.data.published;

/** How a data set's files become parts. */
enum Form {
    /** A JSON file lists the pictures of each part. */
    SPLIT,
    /** {@code train/<wnid>/*} and {@code val/<wnid>/*}, the latter for test. */
    TRAIN_AND_TEST_FOLDERS,
    /** {@code <wnid>/*}, all for test; the classes are those that have a folder. */
    TEST_FOLDERS,
    /** {@code 0/*} to {@code 999/*}, all for test. */
    NUMBERED_FOLDERS,
    /** A text file a part, with a picture and its variant a line. */
    AIRCRAFT
}
