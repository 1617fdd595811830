package org.skiptuning.data.published;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.skiptuning.DataSetException;
import org.skiptuning.data.LabelledImage;

/**
 * ImageNet and its variants: a folder a class, whose name {@code classnames.txt} knows. Two of the names are those of two
 * folders each, so a class is its folder, never its name.
 */
final class ImageNetFolders implements ListingReader {
    private final Form form;
    private final Path pictures;
    private final Path namesFile;
    private final List<String> warnings;

    /** @param warnings what a user should hear of its training pictures */
    ImageNetFolders(Form form, Path home, Path pictures, List<String> warnings) {
        this.form = form;
        this.pictures = pictures;
        this.namesFile = home.resolve("classnames.txt");
        this.warnings = warnings;
    }

    @Override
    public Listing read() {
        var names = TextLists.classNames(namesFile);
        return switch (form) {
            case TRAIN_AND_TEST_FOLDERS -> trainAndTest(names);
            case TEST_FOLDERS -> testOnly(names);
            case NUMBERED_FOLDERS -> numbered(names);
            case SPLIT, AIRCRAFT -> throw new IllegalStateException(form + " has no class folders");
        };
    }

    private Listing trainAndTest(Map<String, String> names) {
        var trained = pictures.resolve("train");
        var folders = ClassFolders.folders(trained);
        var tested = folders.stream()
                .map(folder -> pictures.resolve("val").resolve(ClassFolders.name(folder)))
                .toList();
        return listing(trained, named(trained, folders, names), folders, tested, warnings);
    }

    private Listing testOnly(Map<String, String> names) {
        var folders = ClassFolders.folders(pictures);
        return listing(pictures, named(pictures, folders, names), List.of(), folders, List.of());
    }

    /** Folder i is the class of line i. */
    private Listing numbered(Map<String, String> names) {
        var folders = IntStream.range(0, names.size())
                .mapToObj(label -> pictures.resolve(Integer.toString(label)))
                .toList();
        return listing(namesFile, List.copyOf(names.values()), List.of(), folders, List.of());
    }

    private static Listing listing(
            Path source, List<String> classNames, List<Path> train, List<Path> test, List<String> warnings) {
        var missing = test.stream().filter(folder -> !Files.isDirectory(folder)).toList();
        return new Listing(
                source.toString(), classNames, labelled(train), List.of(), labelled(test), missing, warnings);
    }

    private List<String> named(Path parent, List<Path> folders, Map<String, String> names) {
        if (folders.isEmpty()) {
            throw new DataSetException("The folder " + parent + " holds no folders of pictures: fetch the pictures");
        }
        return folders.stream().map(folder -> named(folder, names)).toList();
    }

    private String named(Path folder, Map<String, String> names) {
        var name = names.get(ClassFolders.name(folder));
        if (name == null) {
            throw new DataSetException(namesFile + " does not name the folder " + folder
                    + ": fetch it again, or move the folder away if it is no class");
        }
        return name;
    }

    /** A folder that is not there has no pictures. */
    private static List<LabelledImage> labelled(List<Path> folders) {
        var images = new ArrayList<LabelledImage>();
        for (var label = 0; label < folders.size(); label++) {
            if (Files.isDirectory(folders.get(label))) {
                for (var picture : ClassFolders.pictures(folders.get(label))) {
                    images.add(new LabelledImage(picture, label));
                }
            }
        }
        return images;
    }
}
