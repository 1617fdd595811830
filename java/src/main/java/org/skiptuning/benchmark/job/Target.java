package org.skiptuning.benchmark.job;

import java.util.List;
import org.skiptuning.ClassSubset;
import org.skiptuning.data.DataSet;

/**
 * What a run is measured on.
 *
 * @param name of the figure, such as {@code new} or {@code imagenet_v2}
 * @param classes which of them take part
 * @param part which pictures
 */
public record Target(String name, DataReference data, ClassSubset classes, Part part) {
    /** Pictures of a data set. */
    public enum Part {
        TEST,
        /** Those that the run's shots and seed draw, up to four a class: for choices, so that no test picture has a part. */
        VALIDATION
    }

    public static Target test(String name, DataReference data, ClassSubset classes) {
        return new Target(name, data, classes, Part.TEST);
    }

    /** The pictures, as the test part of a data set. */
    DataSet pictures(DataSet whole, int shots, long seed) {
        if (part == Part.TEST) {
            return classes.cut(whole);
        }
        var drawn = classes.cut(whole.fewShot(shots, seed));
        return new DataSet(
                drawn.name(), drawn.classNames(), List.of(), List.of(), drawn.validation(), drawn.templateKey());
    }
}
