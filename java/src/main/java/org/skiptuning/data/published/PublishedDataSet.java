package org.skiptuning.data.published;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.skiptuning.DataSetException;
import org.skiptuning.data.DataSet;

/**
 * A data set of the published protocols, in CoOp's layout: its place, its files, what it should hold.
 *
 * <p>The facts, in the resource {@code data-sets.json}, are those of CoOp's DATASETS.md and {@code datasets/*.py}; the
 * counts those of the split files.
 */
public final class PublishedDataSet {
    private static final String SPLITS =
            " from the data page of CoOp (https://github.com/KaiyangZhou/CoOp/blob/main/DATASETS.md)";
    private static final int NAMED_FILES = 3;

    private final Entry entry;

    PublishedDataSet(Entry entry) {
        this.entry = entry;
    }

    /** As given to {@code --dataset}, such as {@code oxford_pets}. */
    public String name() {
        return entry.name();
    }

    /** As tables write it, such as {@code OxfordPets}. */
    public String title() {
        return entry.title();
    }

    /** What the published split holds; no training pictures where it is only measured on. */
    public Counts counts() {
        return entry.counts();
    }

    /** Test pictures of the first half of the classes, where that is published. */
    Optional<Integer> baseTest() {
        return entry.baseTest();
    }

    /** What to fetch from where, and where below its folder it goes; one line each. */
    public List<String> fetch() {
        var lines = new ArrayList<>(entry.fetch());
        entry.split().ifPresent(file -> lines.add(file + SPLITS));
        return lines;
    }

    /** Its folder. */
    public Path home(Path root) {
        return entry.home(root);
    }

    /**
     * Reads it.
     *
     * @param root the folder that holds the folders of all data sets
     * @throws DataSetException naming the first files that are missing, or what is broken
     */
    public DataSet load(Path root) {
        var missing = missingFiles(root);
        if (!missing.isEmpty()) {
            throw incomplete(root, missing, "");
        }
        var listing = listing(root);
        if (!listing.missing().isEmpty()) {
            throw incomplete(root, listing.missing(), ", which " + listing.source() + " names,");
        }
        return dataSet(listing);
    }

    private DataSetException incomplete(Path root, List<Path> missing, String namedBy) {
        var named = missing.stream().limit(NAMED_FILES).map(Path::toString).collect(Collectors.joining(", "));
        var more = missing.size() > NAMED_FILES ? " and " + (missing.size() - NAMED_FILES) + " more" : "";
        return new DataSetException("The data set " + title() + " is not whole: " + named + more + namedBy
                + (missing.size() == 1 ? " is" : " are") + " missing; skip-tuning verify-data " + root + " --dataset "
                + name() + " says what to fetch");
    }

    DataSet dataSet(Listing listing) {
        return new DataSet(
                entry.name(),
                listing.classNames(),
                listing.train(),
                listing.validation(),
                listing.test(),
                entry.templateKey(),
                listing.warnings());
    }

    /** Files and folders that are needed before anything can be read, and are not there. */
    List<Path> missingFiles(Path root) {
        return NeededFiles.missing(entry, root);
    }

    /** What its files say; {@link #missingFiles} must be empty. */
    Listing listing(Path root) {
        var home = entry.home(root);
        var pictures = entry.pictures(root);
        ListingReader reader = switch (entry.form()) {
            case SPLIT -> new SplitFile(title(), publishedSplit(root).orElseThrow(), pictures);
            case TRAIN_AND_TEST_FOLDERS, TEST_FOLDERS, NUMBERED_FOLDERS ->
                new ImageNetFolders(
                        entry.form(),
                        home,
                        pictures,
                        entry.note().map(note -> title() + ": " + note).stream().toList());
            case AIRCRAFT -> new AircraftLists(home, pictures);
        };
        return reader.read();
    }

    /** Where its split file belongs, if it has one. */
    private Optional<Path> publishedSplit(Path root) {
        return entry.split().map(entry.home(root)::resolve);
    }

    /** Files that a split is drawn from where the published one cannot be had, if it may be drawn. */
    Optional<List<String>> drawnFrom() {
        return entry.annotations().map(Annotations::files);
    }

    /** Whether it lacks both the published split file and one that was drawn. */
    public boolean lacksSplit(Path root) {
        return publishedSplit(root)
                .filter(split -> !Files.exists(split) && !Files.exists(DrawnSplit.beside(split)))
                .isPresent();
    }

    /**
     * Draws a split where the published one cannot be had, from the annotations that come with the pictures, and writes
     * it beside the published one's place, as {@code split_drawn_*.json}. {@link #load} takes it where the published one
     * is missing, and warns.
     *
     * @param seed of CPython's generator
     * @return the file, which replaces one that was drawn before
     * @throws DataSetException if this data set needs no split file, or annotations are missing or broken
     */
    public Path drawSplit(Path root, long seed) {
        var annotations = entry.annotations()
                .orElseThrow(() -> new DataSetException(
                        title() + " needs no split file: its own files say which picture belongs to which part"));
        return DrawnSplit.write(entry, publishedSplit(root).orElseThrow(), annotations, root, seed);
    }
}
