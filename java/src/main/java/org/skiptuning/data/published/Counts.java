package org.skiptuning.data.published;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.skiptuning.data.DataSet;

/** How many classes, and how many pictures in each part. */
public record Counts(int classes, int train, int validation, int test) {
    public static Counts of(DataSet data) {
        return new Counts(
                data.classNames().size(),
                data.train().size(),
                data.validation().size(),
                data.test().size());
    }

    /** What differs from the published ones, one line each. */
    List<String> differences(Counts published) {
        var lines = new ArrayList<String>();
        compare(lines, "classes", classes, published.classes);
        compare(lines, "training pictures", train, published.train);
        compare(lines, "validation pictures", validation, published.validation);
        compare(lines, "test pictures", test, published.test);
        return lines;
    }

    static void compare(List<String> lines, String what, int found, int published) {
        if (found != published) {
            lines.add(String.format(Locale.ROOT, "%s: %,d where %,d are published", what, found, published));
        }
    }
}
