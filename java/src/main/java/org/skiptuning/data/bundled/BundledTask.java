package org.skiptuning.data.bundled;

import java.nio.file.Path;
import java.util.List;
import java.util.function.Function;
import org.skiptuning.data.DataSet;
import org.skiptuning.data.LabelledImage;

/**
 * A task over the drawn pictures.
 *
 * @param classes clean names, sorted; pictures of other names in the lists are left out
 */
record BundledTask(
        String name,
        List<String> classes,
        List<BundledPicture> train,
        List<BundledPicture> validation,
        List<BundledPicture> test) {
    private static final String TEMPLATE_KEY = "bundled";

    List<BundledPicture> ofClasses(List<BundledPicture> pictures) {
        return pictures.stream()
                .filter(picture -> classes.contains(picture.name()))
                .toList();
    }

    /** The task with its pictures as files. */
    DataSet toDataSet(Function<BundledPicture, Path> file) {
        return new DataSet(
                "bundled " + name,
                classes.stream().map(text -> text.replace('-', ' ')).toList(),
                labelled(train, file),
                labelled(validation, file),
                labelled(test, file),
                TEMPLATE_KEY);
    }

    private List<LabelledImage> labelled(List<BundledPicture> pictures, Function<BundledPicture, Path> file) {
        return ofClasses(pictures).stream()
                .map(picture -> new LabelledImage(file.apply(picture), classes.indexOf(picture.name())))
                .toList();
    }
}
