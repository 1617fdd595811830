package org.skiptuning;

/** What a long call is doing, for progress displays. */
public enum Phase {
    DRAW("drawing pictures", "pictures"),
    CHECK("checking pictures", "pictures"),
    ENCODE_TEXTS("encoding texts", "texts"),
    ENCODE_IMAGES("encoding pictures", "pictures"),
    CACHE_TEXTS("caching text features", "texts"),
    CACHE_IMAGES("caching image features", "pictures"),
    TRAIN("training", "steps"),
    SAVE("saving", "files"),
    EVALUATE("evaluating", "pictures");

    private final String text;
    private final String unit;

    Phase(String text, String unit) {
        this.text = text;
        this.unit = unit;
    }

    /** What the progress counts. */
    public String unit() {
        return unit;
    }

    @Override
    public String toString() {
        return text;
    }
}
