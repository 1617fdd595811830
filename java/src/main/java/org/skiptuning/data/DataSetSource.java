package org.skiptuning.data;

import java.nio.file.Path;

/** A known data set: how its published files become a {@link DataSet}. */
interface DataSetSource {
    /** As given to {@link Datasets#open}, such as {@code oxford_pets}. */
    String name();

    /**
     * @param root the folder that holds the folders of all data sets
     * @throws org.skiptuning.DataSetException if files are missing or broken
     */
    DataSet load(Path root);
}
