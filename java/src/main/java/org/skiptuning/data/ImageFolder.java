package org.skiptuning.data;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.skiptuning.DataSetException;
import org.skiptuning.files.CodePointOrder;
import org.skiptuning.files.FileNames;

/**
 * A folder of class folders: {@code train/<class>/*} and {@code test/<class>/*} with an optional {@code val} or
 * {@code validation}, or {@code <class>/*} alone, which a seed splits.
 *
 * <p>Classes and pictures are ordered by code point of their names.
 */
final class ImageFolder {
    private static final List<String> VALIDATION_NAMES = List.of("val", "validation");
    private static final double TEST_SHARE = 0.3;

    private final Path root;
    private final List<String> warnings = new ArrayList<>();

    private ImageFolder(Path root) {
        this.root = root;
    }

    static DataSet read(Path root, long seed) {
        if (!Files.isDirectory(root)) {
            throw new DataSetException("The data folder " + root + " "
                    + (Files.exists(root) ? "is not a folder" : "does not exist")
                    + ": name a folder with train/<class>/* and test/<class>/*, or with <class>/*");
        }
        var folder = new ImageFolder(root);
        return folder.isSplit() ? folder.readSplit() : folder.readWhole(seed);
    }

    /** Parts are recognised when one is there with class folders in it and nothing else could be a class. */
    private boolean isSplit() {
        var names = folders(root).stream().map(ImageFolder::name).toList();
        var train = hasFolders(root.resolve("train"));
        var test = hasFolders(root.resolve("test"));
        var onlyParts = names.stream()
                .allMatch(name -> name.equals("train") || name.equals("test") || VALIDATION_NAMES.contains(name));
        return train && test || (train || test) && onlyParts;
    }

    private static boolean hasFolders(Path folder) {
        return Files.isDirectory(folder) && !folders(folder).isEmpty();
    }

    private DataSet readSplit() {
        var train = root.resolve("train");
        var test = root.resolve("test");
        var validation = VALIDATION_NAMES.stream()
                .map(root::resolve)
                .filter(Files::isDirectory)
                .findFirst();
        var names = new TreeSet<String>(CodePointOrder.INSTANCE);
        Stream.of(Optional.of(train), validation, Optional.of(test))
                .flatMap(Optional::stream)
                .filter(Files::isDirectory)
                .forEach(part -> folders(part).forEach(folder -> names.add(name(requireText(folder)))));
        var classNames = List.copyOf(names);
        var trained = Files.isDirectory(train) ? readPart(train, classNames, true) : List.<LabelledImage>of();
        var tested = Files.isDirectory(test) ? readPart(test, classNames, trained.isEmpty()) : List.<LabelledImage>of();
        var validated =
                validation.map(part -> readPart(part, classNames, false)).orElse(List.of());
        return new DataSet(name(root), classNames, trained, validated, tested, "", warnings);
    }

    private List<LabelledImage> readPart(Path part, List<String> classNames, boolean all) {
        var images = new ArrayList<LabelledImage>();
        for (var label = 0; label < classNames.size(); label++) {
            var folder = part.resolve(classNames.get(label));
            var pictures = Files.isDirectory(folder) ? pictures(folder) : List.<Path>of();
            if (pictures.isEmpty()) {
                if (all) {
                    throw emptyClass(classNames.get(label), folder);
                }
                warnings.add("The class " + classNames.get(label) + " has no pictures in " + part);
            }
            for (var picture : pictures) {
                images.add(new LabelledImage(picture, label));
            }
        }
        return images;
    }

    private DataSet readWhole(long seed) {
        var classFolders = folders(root);
        if (classFolders.isEmpty()) {
            throw new DataSetException("The data folder " + root
                    + " holds no class folders: put the pictures into train/<class>/ and test/<class>/, or <class>/");
        }
        var train = new ArrayList<LabelledImage>();
        var test = new ArrayList<LabelledImage>();
        for (var label = 0; label < classFolders.size(); label++) {
            var folder = requireText(classFolders.get(label));
            var pictures = pictures(folder);
            if (pictures.isEmpty()) {
                throw emptyClass(name(folder), folder);
            }
            if (pictures.size() == 1) {
                warnings.add(
                        "The class " + name(folder) + " has one picture, which is used for training, none for test");
            }
            split(pictures, label, seed, train, test);
        }
        var classNames = classFolders.stream().map(ImageFolder::name).toList();
        return new DataSet(name(root), classNames, train, List.of(), test, "", warnings);
    }

    /** 30 % of a class, rounded, become test pictures: at least one, and never the only one. */
    private static void split(
            List<Path> pictures, int label, long seed, List<LabelledImage> train, List<LabelledImage> test) {
        var order = IntStream.range(0, pictures.size()).toArray();
        new CounterRandom(seed, Purpose.FOLDER_SPLIT, 0, label).shuffle(order);
        var tested = pictures.size() == 1 ? 0 : Math.max(1, Math.round(pictures.size() * TEST_SHARE));
        var isTest = new boolean[pictures.size()];
        for (var i = 0; i < tested; i++) {
            isTest[order[i]] = true;
        }
        for (var i = 0; i < isTest.length; i++) {
            (isTest[i] ? test : train).add(new LabelledImage(pictures.get(i), label));
        }
    }

    private DataSetException emptyClass(String className, Path folder) {
        return new DataSetException("The class " + className + " has no pictures: put " + PictureFiles.NAMED
                + " files into " + folder + ", or remove the class");
    }

    private List<Path> pictures(Path classFolder) {
        try (var walk = Files.walk(classFolder, FileVisitOption.FOLLOW_LINKS)) {
            var files = walk.filter(file -> !isHiddenBelow(classFolder, file))
                    .filter(file -> !Files.isDirectory(file))
                    .sorted(Comparator.comparing(
                            file -> classFolder.relativize(file).toString(), CodePointOrder.INSTANCE))
                    .toList();
            var pictures = files.stream()
                    .filter(PictureFiles::isPicture)
                    .map(ImageFolder::requireText)
                    .toList();
            if (pictures.size() < files.size()) {
                var other = files.stream()
                        .filter(file -> !PictureFiles.isPicture(file))
                        .findFirst();
                warnings.add((files.size() - pictures.size()) + " files in " + classFolder
                        + " are not named like pictures and are left out, such as "
                        + other.map(FileNames::escaped).orElse(""));
            }
            return pictures;
        } catch (IOException | UncheckedIOException failure) {
            throw unreadable(classFolder, failure);
        }
    }

    /** Such as the copies in {@code .ipynb_checkpoints}. */
    private static boolean isHiddenBelow(Path folder, Path file) {
        for (var part : folder.relativize(file)) {
            if (PictureFiles.isHidden(part)) {
                return true;
            }
        }
        return false;
    }

    /** Reports and traces name classes and pictures, which takes text. */
    private static Path requireText(Path path) {
        FileNames.problem(path).ifPresent(problem -> {
            throw new DataSetException(problem);
        });
        return path;
    }

    private static List<Path> folders(Path parent) {
        try (var list = Files.list(parent)) {
            return list.filter(Files::isDirectory)
                    .filter(folder -> !PictureFiles.isHidden(folder))
                    .sorted(Comparator.comparing(ImageFolder::name, CodePointOrder.INSTANCE))
                    .toList();
        } catch (IOException failure) {
            throw unreadable(parent, failure);
        }
    }

    private static DataSetException unreadable(Path folder, Exception failure) {
        return new DataSetException(
                "The folder " + folder + " cannot be read (" + failure.getMessage() + "): check its permissions",
                failure);
    }

    private static String name(Path path) {
        var file = path.toAbsolutePath().normalize().getFileName();
        return file == null ? path.toString() : file.toString();
    }
}
