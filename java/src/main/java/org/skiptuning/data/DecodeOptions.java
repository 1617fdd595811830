package org.skiptuning.data;

/**
 * How picture files are read.
 *
 * @param maximumPixels width × height above which a picture is refused before it is decoded
 * @param applyOrientation whether a picture is turned as its EXIF entry says; CLIP's users get pictures as they are
 *     stored. TIFF pictures are always turned, as Pillow does.
 */
public record DecodeOptions(long maximumPixels, boolean applyOrientation) {
    /** Where Pillow refuses a picture, too: twice {@code Image.MAX_IMAGE_PIXELS}. */
    public static final long MAXIMUM_PIXELS = 178_956_970;

    public static final DecodeOptions DEFAULT = new DecodeOptions(MAXIMUM_PIXELS, false);

    public DecodeOptions {
        if (maximumPixels < 1) {
            throw new IllegalArgumentException("A limit of " + maximumPixels + " pixels");
        }
    }

    DecodeOptions withMaximumPixels(long pixels) {
        return new DecodeOptions(pixels, applyOrientation);
    }

    public DecodeOptions withOrientation(boolean applied) {
        return new DecodeOptions(maximumPixels, applied);
    }
}
