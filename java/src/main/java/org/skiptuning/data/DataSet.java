package org.skiptuning.data;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.IntPredicate;
import org.skiptuning.DataSetException;

/**
 * Class names and labelled pictures in three parts.
 *
 * <p>Classes are told apart by label, never by name: ImageNet, for one, has two pairs of equal names.
 *
 * @param name for messages and reports
 * @param classNames one a label; underscores stand for spaces
 * @param train pictures to draw training pictures from; may be empty
 * @param validation may be empty
 * @param test pictures to measure on; may be empty
 * @param templateKey the entry of a {@link TemplateSet} for this data set; empty for its default
 * @param warnings what a user should hear, one line each, such as a class with fewer pictures than shots
 */
public record DataSet(
        String name,
        List<String> classNames,
        List<LabelledImage> train,
        List<LabelledImage> validation,
        List<LabelledImage> test,
        String templateKey,
        List<String> warnings) {
    /** Validation pictures of a class that {@link #fewShot} draws at most. */
    public static final int VALIDATION_SHOTS = 4;

    public DataSet {
        classNames = List.copyOf(classNames);
        train = List.copyOf(train);
        validation = List.copyOf(validation);
        test = List.copyOf(test);
        warnings = List.copyOf(warnings);
        if (classNames.isEmpty()) {
            throw new DataSetException("The data set " + name + " has no classes: at least one is needed");
        }
        for (var part : List.of(train, validation, test)) {
            for (var image : part) {
                if (image.label() >= classNames.size()) {
                    throw new DataSetException("The data set " + name + " gives " + image.path() + " the label "
                            + image.label() + ", but has " + classNames.size() + " classes: labels count from 0");
                }
            }
        }
    }

    /** A data set without warnings. */
    public DataSet(
            String name,
            List<String> classNames,
            List<LabelledImage> train,
            List<LabelledImage> validation,
            List<LabelledImage> test,
            String templateKey) {
        this(name, classNames, train, validation, test, templateKey, List.of());
    }

    /**
     * The first half of the classes, ceil(n / 2) of them, in all three parts.
     *
     * <p>NOTE: draw shots from the whole data set first, as the published protocol does; drawing from a half gives
     * other pictures.
     */
    public DataSet base() {
        return half("base", 0, baseCount());
    }

    /** The other half of the classes, with labels counted from 0 again ("new" classes). */
    public DataSet unseen() {
        if (classNames.size() < 2) {
            throw new DataSetException(
                    "The data set " + name + " has one class, so no half of it is new: use all classes");
        }
        return half("new", baseCount(), classNames.size());
    }

    private int baseCount() {
        return Math.ceilDiv(classNames.size(), 2);
    }

    private DataSet half(String half, int from, int to) {
        IntPredicate inside = label -> label >= from && label < to;
        return new DataSet(
                name + " (" + half + ")",
                classNames.subList(from, to),
                relabelled(train, inside, from),
                relabelled(validation, inside, from),
                relabelled(test, inside, from),
                templateKey,
                warnings);
    }

    private static List<LabelledImage> relabelled(List<LabelledImage> images, IntPredicate inside, int from) {
        return images.stream()
                .filter(image -> inside.test(image.label()))
                .map(image -> new LabelledImage(image.path(), image.label() - from))
                .toList();
    }

    /**
     * {@code shots} training pictures of each class and up to {@value #VALIDATION_SHOTS} for validation; the test part stays whole.
     *
     * <p>The pictures are those that CoOp and the work after it use for this seed: CPython's draws, training part first,
     * validation from the same stream. A class with fewer pictures gives all of them, and a warning says so.
     *
     * @param shots at least 1
     * @param seed as given to {@code random.seed}
     */
    public DataSet fewShot(int shots, long seed) {
        if (shots < 1) {
            throw new IllegalArgumentException(shots + " shots: at least 1 is needed");
        }
        if (train.isEmpty()) {
            throw new DataSetException(
                    "The data set " + name + " has no training pictures to draw shots from: give it a train part");
        }
        var random = new PythonRandom(seed);
        var drawn = FewShot.sample(train, shots, random);
        var drawnValidation = FewShot.sample(validation, Math.min(shots, VALIDATION_SHOTS), random);
        var said = new ArrayList<>(warnings);
        FewShot.smallClasses(this, shots).ifPresent(said::add);
        return new DataSet(name, classNames, drawn, drawnValidation, test, templateKey, said);
    }

    /** The same data set without some pictures, such as unreadable ones. */
    public DataSet without(Set<Path> unwanted) {
        return new DataSet(
                name,
                classNames,
                without(train, unwanted),
                without(validation, unwanted),
                without(test, unwanted),
                templateKey,
                warnings);
    }

    private static List<LabelledImage> without(List<LabelledImage> images, Set<Path> unwanted) {
        return images.stream().filter(image -> !unwanted.contains(image.path())).toList();
    }
}
