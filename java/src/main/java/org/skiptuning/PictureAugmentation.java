package org.skiptuning;

/** How training pictures vary from epoch to epoch. */
public enum PictureAugmentation {
    /** Resize and centre crop, as for evaluation; image features are cached once a run. */
    NONE("none"),
    /** Random resized crop (scale 0.08 to 1, ratio 3/4 to 4/3) and horizontal flip; image features are cached afresh each epoch. */
    CROP_FLIP("crop-flip");

    private final String text;

    PictureAugmentation(String text) {
        this.text = text;
    }

    /**
     * Reads {@code none}, {@code crop-flip}.
     *
     * @throws IllegalArgumentException for any other text
     */
    public static PictureAugmentation parse(String text) {
        return Choices.parse("augmentation", text, values());
    }

    @Override
    public String toString() {
        return text;
    }
}
