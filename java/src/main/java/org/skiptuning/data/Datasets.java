package org.skiptuning.data;

import java.nio.file.Path;
import java.util.List;
import org.skiptuning.DataSetException;
import org.skiptuning.data.published.PublishedDataSets;

/** Where data sets come from. */
public final class Datasets {
    private Datasets() {}

    /**
     * A known data set in CoOp's layout.
     *
     * @param root the folder that holds the folders of all data sets
     * @param name such as {@code oxford_pets}; {@link #names()} lists them
     * @throws DataSetException if the name is not known or its files are missing or broken
     */
    public static DataSet open(Path root, String name) {
        return PublishedDataSets.find(name)
                .orElseThrow(() -> new DataSetException("No data set is known as " + name + ": use one of "
                        + String.join(", ", names()) + ", or give a folder of class folders or a CSV or JSONL table"))
                .load(root);
    }

    /** The names that {@link #open} knows. */
    public static List<String> names() {
        return PublishedDataSets.names();
    }

    /**
     * A folder with {@code train/<class>/*} and {@code test/<class>/*} (and {@code val} or {@code validation}), or with
     * {@code <class>/*} alone. Of the latter 30 % of each class, drawn by the seed, become the test part.
     *
     * <p>A class may hold folders of its own. Files with a name ending of no picture format are left out with a warning.
     *
     * @throws DataSetException if the folder is missing, or a class has no pictures
     */
    public static DataSet folder(Path folder, long seed) {
        return ImageFolder.read(folder, seed);
    }

    /**
     * A CSV or JSONL table with a picture a line: {@code path,class,split}, where the split is train, val or test, and
     * optionally a {@code label} that tells classes of one name apart. Paths are relative to the table's folder. A CSV
     * may begin with a header, which may order the columns otherwise; JSONL is told by the name ending {@code .jsonl}.
     *
     * @throws DataSetException naming file and line
     */
    public static DataSet table(Path csvOrJsonl) {
        return ImageTable.read(csvOrJsonl);
    }
}
