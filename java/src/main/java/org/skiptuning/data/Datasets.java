package org.skiptuning.data;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import org.skiptuning.DataSetException;

/** Where data sets come from. */
public final class Datasets {
    /** The data sets in CoOp's layout that are read from its split files. */
    private static final List<DataSetSource> KNOWN = List.of(
            new SplitJsonSource(
                    "caltech101", "Caltech101", "caltech-101", "101_ObjectCategories", "split_zhou_Caltech101.json"),
            new SplitJsonSource("oxford_pets", "OxfordPets", "oxford_pets", "images", "split_zhou_OxfordPets.json"),
            new SplitJsonSource("stanford_cars", "StanfordCars", "stanford_cars", "", "split_zhou_StanfordCars.json"),
            new SplitJsonSource(
                    "oxford_flowers", "OxfordFlowers", "oxford_flowers", "jpg", "split_zhou_OxfordFlowers.json"),
            new SplitJsonSource("food101", "Food101", "food-101", "images", "split_zhou_Food101.json"),
            new SplitJsonSource("sun397", "SUN397", "sun397", "SUN397", "split_zhou_SUN397.json"),
            new SplitJsonSource("dtd", "DescribableTextures", "dtd", "images", "split_zhou_DescribableTextures.json"),
            new SplitJsonSource("eurosat", "EuroSAT", "eurosat", "2750", "split_zhou_EuroSAT.json"),
            new SplitJsonSource("ucf101", "UCF101", "ucf101", "UCF-101-midframes", "split_zhou_UCF101.json"));

    private Datasets() {}

    /**
     * A known data set in CoOp's layout.
     *
     * @param root the folder that holds the folders of all data sets
     * @param name such as {@code oxford_pets}; {@link #names()} lists them
     * @throws DataSetException if the name is not known or its files are missing or broken
     */
    public static DataSet open(Path root, String name) {
        return KNOWN.stream()
                .filter(source -> source.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new DataSetException("No data set is known as " + name + ": use one of "
                        + names().stream().collect(Collectors.joining(", "))
                        + ", or give a folder of class folders or a CSV or JSONL table"))
                .load(root);
    }

    /** The names that {@link #open} knows. */
    public static List<String> names() {
        return KNOWN.stream().map(DataSetSource::name).toList();
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
