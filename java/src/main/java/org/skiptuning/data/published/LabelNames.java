package org.skiptuning.data.published;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.skiptuning.DataSetException;

/**
 * Gathers the classes' names from items that give label and name each: a label has one name, and labels count from 0
 * without a gap. Two labels may have one name.
 */
final class LabelNames {
    private final Path source;
    private final Map<Integer, String> names = new TreeMap<>();

    /** @param source what gives them, for messages */
    LabelNames(Path source) {
        this.source = source;
    }

    void add(int label, String name) {
        var known = names.putIfAbsent(label, name);
        if (known != null && !known.equals(name)) {
            throw new DataSetException(source + " calls the class with label " + label + " both \"" + known
                    + "\" and \"" + name + "\": fetch it again");
        }
    }

    /** One a label. */
    List<String> all() {
        var expected = 0;
        for (var label : names.keySet()) {
            if (label != expected) {
                throw new DataSetException(source + " has pictures with label " + label + " and none with label "
                        + expected + ", but labels count from 0 without a gap: fetch it again");
            }
            expected++;
        }
        if (names.isEmpty()) {
            throw new DataSetException(source + " names no pictures: fetch it again");
        }
        return List.copyOf(names.values());
    }
}
