package org.skiptuning.data.published;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.skiptuning.DataSetException;
import org.skiptuning.data.PythonRandom;
import org.skiptuning.data.published.Annotations.Annotated;
import org.skiptuning.data.published.Annotations.Picture;
import org.skiptuning.files.AtomicFile;
import tools.jackson.databind.json.JsonMapper;

/**
 * A split of our own for a data set whose published one cannot be had: half of each class for training, a fifth for
 * validation, the rest for test; with a published test part a fifth of the rest for validation. So CoOp's code draws
 * where it finds no file, from a generator whose state nobody knows; ours starts from a seed.
 */
final class DrawnSplit {
    private static final double TRAIN_SHARE = 0.5;
    private static final double VALIDATION_SHARE = 0.2;

    private final List<Picture> train = new ArrayList<>();
    private final List<Picture> validation = new ArrayList<>();
    private final List<Picture> test = new ArrayList<>();

    private DrawnSplit() {}

    /** Where a drawn split lies: beside the published one, under a name that tells them apart. */
    static Path beside(Path published) {
        return published.resolveSibling(published.getFileName().toString().replace("split_zhou_", "split_drawn_"));
    }

    /** @return the file that was written */
    static Path write(Entry entry, Path published, Annotations annotations, Path root, long seed) {
        var home = entry.home(root);
        for (var needed : annotations.files()) {
            if (!Files.isRegularFile(home.resolve(needed))) {
                throw new DataSetException("A split of " + entry.title() + " is drawn from "
                        + String.join(", ", annotations.files()) + ", but " + home.resolve(needed)
                        + " is missing: fetch it");
            }
        }
        var annotated = annotations.read(home, entry.pictures(root));
        var names = new LabelNames(annotations.files().isEmpty() ? entry.pictures(root) : home);
        annotated.all().forEach(picture -> names.add(picture.label(), picture.className()));
        names.all();
        var split = draw(annotated, new PythonRandom(seed));
        var json = new LinkedHashMap<String, Object>();
        json.put("train", listed(split.train));
        json.put("val", listed(split.validation));
        json.put("test", listed(split.test));
        var file = beside(published);
        AtomicFile.write(file, JsonMapper.shared().writeValueAsString(json));
        return file;
    }

    private static List<List<Object>> listed(List<Picture> pictures) {
        return pictures.stream()
                .map(picture -> List.<Object>of(picture.path(), picture.label(), picture.className()))
                .toList();
    }

    /** Classes in the order of their first picture. */
    private static DrawnSplit draw(Annotated annotated, PythonRandom random) {
        var split = new DrawnSplit();
        split.test.addAll(annotated.test());
        Map<Integer, List<Picture>> classes = new LinkedHashMap<>();
        for (var picture : annotated.rest()) {
            classes.computeIfAbsent(picture.label(), label -> new ArrayList<>()).add(picture);
        }
        for (var ofClass : classes.values()) {
            var shuffled = random.shuffle(ofClass);
            if (annotated.test().isEmpty()) {
                split.threeParts(shuffled);
            } else {
                split.twoParts(shuffled);
            }
        }
        return split;
    }

    private void threeParts(List<Picture> pictures) {
        var trained = share(pictures, TRAIN_SHARE);
        var validated = trained + share(pictures, VALIDATION_SHARE);
        train.addAll(pictures.subList(0, trained));
        validation.addAll(pictures.subList(trained, validated));
        test.addAll(pictures.subList(validated, pictures.size()));
    }

    private void twoParts(List<Picture> pictures) {
        var validated = share(pictures, VALIDATION_SHARE);
        validation.addAll(pictures.subList(0, validated));
        train.addAll(pictures.subList(validated, pictures.size()));
    }

    /** As Python rounds: halves to the even number. */
    private static int share(List<Picture> pictures, double share) {
        return (int) Math.rint(pictures.size() * share);
    }
}
