package org.skiptuning.data.published;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.skiptuning.data.LabelledImage;

/**
 * What a data set's own files say.
 *
 * @param source what names the pictures, for messages
 * @param classNames one a label
 * @param missing what {@code source} names and is not there, in its order
 * @param warnings what a user should hear
 */
record Listing(
        String source,
        List<String> classNames,
        List<LabelledImage> train,
        List<LabelledImage> validation,
        List<LabelledImage> test,
        List<Path> missing,
        List<String> warnings) {
    Listing {
        classNames = List.copyOf(classNames);
        train = List.copyOf(train);
        validation = List.copyOf(validation);
        test = List.copyOf(test);
        missing = List.copyOf(missing);
        warnings = List.copyOf(warnings);
    }

    /** Of lists that were written elsewhere: looks which pictures are there. */
    static Listing ofFiles(
            String source,
            List<String> classNames,
            List<LabelledImage> train,
            List<LabelledImage> validation,
            List<LabelledImage> test,
            List<String> warnings) {
        var missing = Stream.of(train, validation, test)
                .flatMap(List::stream)
                .map(LabelledImage::path)
                .filter(picture -> !Files.isRegularFile(picture))
                .distinct()
                .toList();
        return new Listing(source, classNames, train, validation, test, missing, warnings);
    }
}
