package org.skiptuning;

import java.nio.file.Path;

/**
 * What was predicted for one picture.
 *
 * @param image the picture
 * @param label its class
 * @param predicted the best class; ties go to the smaller label
 * @param probability of the predicted class, from 0 to 1
 */
public record ImageResult(Path image, int label, int predicted, double probability) {
    public boolean correct() {
        return label == predicted;
    }
}
