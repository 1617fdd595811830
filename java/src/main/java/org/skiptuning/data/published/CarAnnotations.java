package org.skiptuning.data.published;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Stanford Cars: MATLAB files with a record a picture; a name ends with the year, which CoOp puts first: "2012 AM General
 * Hummer SUV".
 *
 * @param names the file with {@code class_names}
 * @param train the file with {@code annotations} of the pictures in {@code trainPictures}
 */
record CarAnnotations(String names, String train, String trainPictures, String test, String testPictures)
        implements Annotations {
    @Override
    public List<String> files() {
        return List.of(names, train, test);
    }

    @Override
    public Annotated read(Path home, Path pictures) {
        var classNames = MatlabFile.texts(home.resolve(names), "class_names").stream()
                .map(CarAnnotations::yearFirst)
                .toList();
        return new Annotated(
                part(home.resolve(train), trainPictures, classNames),
                part(home.resolve(test), testPictures, classNames));
    }

    private static List<Picture> part(Path file, String folder, List<String> classNames) {
        var annotations = MatlabFile.records(file, "annotations", "fname", "class");
        var images = new ArrayList<Picture>();
        for (var annotation : annotations) {
            var label = TextLists.label(file, annotation.get(1), classNames.size());
            images.add(new Picture(folder + "/" + annotation.getFirst(), label, classNames.get(label)));
        }
        return images;
    }

    private static String yearFirst(String name) {
        var year = name.lastIndexOf(' ');
        return year < 0 ? name : name.substring(year + 1) + " " + name.substring(0, year);
    }
}
