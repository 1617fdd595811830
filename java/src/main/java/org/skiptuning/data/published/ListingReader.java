package org.skiptuning.data.published;

/** Reads what a data set's files say. */
interface ListingReader {
    /** @throws org.skiptuning.DataSetException if a file is missing or broken */
    Listing read();
}
