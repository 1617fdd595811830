package org.skiptuning.benchmark.job;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.nio.file.Path;
import org.skiptuning.ProgressListener;
import org.skiptuning.data.DataSet;
import org.skiptuning.data.Datasets;
import org.skiptuning.data.bundled.BundledData;

/** Where a data set comes from, so that another process opens the same. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "source")
@JsonSubTypes({
    @JsonSubTypes.Type(value = DataReference.Bundled.class, name = "bundled"),
    @JsonSubTypes.Type(value = DataReference.Published.class, name = "published"),
    @JsonSubTypes.Type(value = DataReference.Folder.class, name = "folder"),
    @JsonSubTypes.Type(value = DataReference.Table.class, name = "table"),
})
public sealed interface DataReference {
    /** In tables and names of folders. */
    String name();

    /** @throws org.skiptuning.DataSetException if it is not there, or damaged */
    DataSet open(ProgressListener progress);

    /**
     * A task of the bundled data.
     *
     * @param name one of {@link BundledData#names()}
     */
    record Bundled(String name) implements DataReference {
        @Override
        public DataSet open(ProgressListener progress) {
            return BundledData.open(progress).dataSet(name);
        }
    }

    /**
     * A data set in CoOp's layout.
     *
     * @param name one of {@link Datasets#names()}
     * @param root the folder of all data sets
     */
    record Published(String name, Path root) implements DataReference {
        @Override
        public DataSet open(ProgressListener progress) {
            return Datasets.open(root, name);
        }
    }

    /**
     * A folder of class folders.
     *
     * @param seed of its split, where it has no parts
     */
    record Folder(Path folder, long seed) implements DataReference {
        @Override
        public String name() {
            return FolderName.of(
                    String.valueOf(folder.toAbsolutePath().normalize().getFileName()));
        }

        @Override
        public DataSet open(ProgressListener progress) {
            return Datasets.folder(folder, seed);
        }
    }

    /** A table with a picture a line. */
    record Table(Path table) implements DataReference {
        @Override
        public String name() {
            return FolderName.of(String.valueOf(table.getFileName()).replaceFirst("\\.[^.]*$", ""));
        }

        @Override
        public DataSet open(ProgressListener progress) {
            return Datasets.table(table);
        }
    }
}
