package org.skiptuning.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.skiptuning.ClassSubset;
import org.skiptuning.DataSetException;
import org.skiptuning.LoadOptions;
import org.skiptuning.SkipTuningException;
import org.skiptuning.benchmark.job.DataReference;
import org.skiptuning.data.DataSet;
import org.skiptuning.data.Datasets;
import org.skiptuning.data.bundled.BundledData;
import picocli.CommandLine.Option;

/** Which pictures, and how they are read. */
final class DataOptions {
    static final String HEADING = "Data:";
    static final String BUNDLED = "bundled";
    static final String BUNDLED_TASK = "glyphs";
    private static final List<String> PARTS = List.of("train", "test", "val", "validation");
    private static final String SEED = "seed";
    private static final String SKIP_BAD_IMAGES = "skip_bad_images";

    @Option(
            names = "--data",
            paramLabel = "DATA",
            description = "A folder with train/CLASS/* and test/CLASS/* (and val/CLASS/*, which some methods and"
                    + " benchmark choose by), or with CLASS/* (split by --seed); a .csv or .jsonl of path,class,split;"
                    + " with --dataset, a root of data sets in CoOp's layout; or bundled.")
    private Optional<String> data = Optional.empty();

    @Option(
            names = "--dataset",
            completionCandidates = Candidates.DataSetNames.class,
            paramLabel = "NAME",
            description = "Which data set below the root, such as oxford_pets; or which task of the bundled data:"
                    + " glyphs, food, animals, things. Default there: " + BUNDLED_TASK + ".")
    private Optional<String> dataset = Optional.empty();

    @Option(
            names = "--skip-bad-images",
            description = "Leave out pictures that cannot be read, and say so, instead of stopping.")
    private boolean skipBadImages;

    @Option(
            names = "--apply-exif-orientation",
            description = "Turn pictures as their EXIF data say; CLIP's own preprocessing does not.")
    private boolean applyOrientation;

    LoadOptions apply(LoadOptions options) {
        return options.withSkipBadImages(skipBadImages).withApplyOrientation(applyOrientation);
    }

    /** Says what is wrong with the options before any work is done. */
    void check() {
        if (data.isEmpty()) {
            throw new UsageException("--data is missing: name a folder, a table, or bundled");
        }
        boolean bundled = data.get().equals(BUNDLED);
        if (dataset.isPresent()) {
            List<String> known = bundled ? BundledData.names() : Datasets.names();
            if (!known.contains(dataset.get())) {
                throw new UsageException(Converters.unknown("data set", dataset.get(), known));
            }
        }
        if (!bundled) {
            Path path = Path.of(data.get());
            if (!Files.exists(path)) {
                throw new DataSetException("--data " + path
                        + " does not exist: name a folder of class folders, a .csv or .jsonl table, or bundled");
            }
            if (dataset.isPresent() && !Files.isDirectory(path)) {
                throw new UsageException("--dataset names a data set below a root folder, and " + path + " is a file");
            }
        }
    }

    /** A folder among the class folders would count as a class. */
    void refuseInside(String option, Path folder) {
        if (data.isPresent() && !data.get().equals(BUNDLED)) {
            Path root = Path.of(data.get()).toAbsolutePath().normalize();
            Path below = folder.toAbsolutePath().normalize();
            boolean parts = Files.isDirectory(root.resolve("train"));
            boolean inside = parts
                    ? PARTS.stream().anyMatch(part -> below.startsWith(root.resolve(part)))
                    : below.startsWith(root);
            if (Files.isDirectory(root) && inside) {
                throw new UsageException(option + " " + folder + " lies in --data " + data.get()
                        + ", where it would count as a class: name a folder outside");
            }
        }
    }

    /** As it was given. */
    Optional<String> text() {
        return data;
    }

    boolean isBundled() {
        return data.equals(Optional.of(BUNDLED));
    }

    /** The data set's name below its root, where one was given. */
    Optional<String> dataset() {
        return dataset;
    }

    /** The folder or table that was given. */
    Optional<Path> path() {
        return data.filter(text -> !text.equals(BUNDLED)).map(Path::of);
    }

    /** Opens the data set, or a half of it, to measure on; its warnings go to the user. */
    DataSet open(long seed, ClassSubset classes, Output output) {
        return half(openQuietly(seed, output), classes, output);
    }

    /** The same of what was opened. */
    static DataSet half(DataSet opened, ClassSubset classes, Output output) {
        var half = classes.cut(opened);
        half.warnings().forEach(output::warn);
        if (half.classNames().size() == 1) {
            output.warn("There is one class, " + half.classNames().getFirst()
                    + ": any picture counts as right, for there is nothing to tell apart");
        }
        return half;
    }

    /** The whole data set, without its warnings. */
    DataSet openQuietly(long seed, Output output) {
        check();
        String text = data.orElseThrow();
        DataSet opened;
        if (text.equals(BUNDLED)) {
            opened = BundledData.open(new ProgressAdapter(output)).dataSet(dataset.orElse(BUNDLED_TASK));
        } else if (dataset.isPresent()) {
            opened = Datasets.open(Path.of(text), dataset.get());
        } else if (Files.isDirectory(Path.of(text))) {
            opened = Datasets.folder(Path.of(text), seed);
        } else {
            opened = Datasets.table(Path.of(text));
        }
        return opened;
    }

    /**
     * For other processes.
     *
     * @param seed of the split of a folder without parts
     */
    DataReference reference(long seed) {
        String text = data.orElseThrow();
        if (text.equals(BUNDLED)) {
            return new DataReference.Bundled(dataset.orElse(BUNDLED_TASK));
        }
        Path path = Path.of(text).toAbsolutePath().normalize();
        if (dataset.isPresent()) {
            return new DataReference.Published(dataset.get(), path);
        }
        return Files.isDirectory(path) ? new DataReference.Folder(path, seed) : new DataReference.Table(path);
    }

    /** What a later command needs to open the same data. */
    Map<String, String> describe(long seed) {
        var description = new LinkedHashMap<String, String>();
        description.put(SEED, Long.toString(seed));
        data.ifPresent(text -> description.put(
                "data",
                text.equals(BUNDLED)
                        ? text
                        : Path.of(text).toAbsolutePath().normalize().toString()));
        dataset.ifPresent(name -> description.put("dataset", name));
        if (skipBadImages) {
            description.put(SKIP_BAD_IMAGES, "true");
        }
        return description;
    }

    /** The seed that {@link #describe} wrote. */
    static Optional<Long> seed(Map<String, String> description) {
        try {
            return Optional.ofNullable(description.get(SEED)).map(Long::valueOf);
        } catch (NumberFormatException odd) {
            throw new SkipTuningException(
                    "the run's " + RunFile.NAME + " has a seed that is no number: give --seed", odd);
        }
    }

    /** Takes over what {@link #describe} wrote, where the user gave nothing. */
    void defaultTo(Map<String, String> description) {
        if (data.isEmpty()) {
            data = Optional.ofNullable(description.get("data"));
            dataset = dataset.or(() -> Optional.ofNullable(description.get("dataset")));
            skipBadImages |= Boolean.parseBoolean(description.get(SKIP_BAD_IMAGES));
        }
    }
}
