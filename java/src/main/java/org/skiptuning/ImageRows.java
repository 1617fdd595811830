package org.skiptuning;

import org.skiptuning.ffi.NativeCache;

/** Where the rows of the image cache come from. */
interface ImageRows extends AutoCloseable {
    /**
     * Fills rows from {@code firstRow} on.
     *
     * @param view keys the augmentation
     * @param images indices of training pictures
     */
    void put(NativeCache cache, int view, long firstRow, int[] images);

    @Override
    void close();
}
