package org.skiptuning.ffi;

/** How pictures are resized, always with antialiasing. */
public enum PictureFilter {
    BICUBIC(0),
    BILINEAR(1);

    private final int code;

    PictureFilter(int code) {
        this.code = code;
    }

    /** {@code st_filter} of the C ABI. */
    int code() {
        return code;
    }
}
