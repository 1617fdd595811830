package org.skiptuning.data;

import java.nio.file.Path;

/**
 * A picture and the index of its class in {@link DataSet#classNames()}.
 *
 * @param path where the picture is
 * @param label from 0
 */
public record LabelledImage(Path path, int label) {
    public LabelledImage {
        if (label < 0) {
            throw new IllegalArgumentException("Label " + label + " of " + path + " is below 0");
        }
    }
}
