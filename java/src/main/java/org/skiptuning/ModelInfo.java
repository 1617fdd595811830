package org.skiptuning;

/**
 * What a loaded model is.
 *
 * @param source the path it was loaded from
 * @param naming how its checkpoint names tensors
 * @param device where it lives
 * @param imageSize side of the square pictures it looks at, in pixels
 * @param imageLayers blocks of the image tower
 * @param textLayers blocks of the text tower
 * @param contextLength tokens of a text, start and end included
 * @param embeddingSize numbers in a feature
 */
public record ModelInfo(
        String source,
        String naming,
        String device,
        int imageSize,
        int imageLayers,
        int textLayers,
        int contextLength,
        int embeddingSize) {}
