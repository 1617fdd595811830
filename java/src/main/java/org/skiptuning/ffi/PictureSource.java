package org.skiptuning.ffi;

import java.util.Objects;

/**
 * An 8-bit RGB picture and the part of it that becomes a square window: the box is cut out, resized to
 * {@code resizedWidth × resizedHeight} pixels, the window is taken out of that, and mirrored if asked.
 *
 * @param rgb {@code height} rows of {@code rowBytes} bytes, each with {@code width} pixels of 3 bytes
 * @param flip mirrors the window left to right
 */
public record PictureSource(
        NativeBuffer rgb,
        int width,
        int height,
        long rowBytes,
        int boxLeft,
        int boxTop,
        int boxWidth,
        int boxHeight,
        int resizedWidth,
        int resizedHeight,
        int windowLeft,
        int windowTop,
        boolean flip,
        PictureFilter filter) {

    /** @throws IllegalArgumentException if the rows do not fit the buffer or the box does not fit the picture */
    public PictureSource {
        Pixels.require(rgb, width, height, rowBytes);
        if (boxWidth < 1 || boxHeight < 1) {
            throw new IllegalArgumentException("An empty box, " + boxWidth + " x " + boxHeight);
        }
        Objects.checkFromIndexSize(boxLeft, boxWidth, width);
        Objects.checkFromIndexSize(boxTop, boxHeight, height);
        Objects.checkIndex(windowLeft, resizedWidth);
        Objects.checkIndex(windowTop, resizedHeight);
    }

    /** Resized by the bicubic filter. */
    public PictureSource(
            NativeBuffer rgb,
            int width,
            int height,
            long rowBytes,
            int boxLeft,
            int boxTop,
            int boxWidth,
            int boxHeight,
            int resizedWidth,
            int resizedHeight,
            int windowLeft,
            int windowTop,
            boolean flip) {
        this(
                rgb,
                width,
                height,
                rowBytes,
                boxLeft,
                boxTop,
                boxWidth,
                boxHeight,
                resizedWidth,
                resizedHeight,
                windowLeft,
                windowTop,
                flip,
                PictureFilter.BICUBIC);
    }
}
