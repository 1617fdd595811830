package org.skiptuning.data;

/**
 * Which part of a picture becomes which pixels: the box is cut out and resized, then a square window is cut out of the
 * result. All lengths are pixels.
 *
 * @param boxLeft of the part that is resized, in the picture
 * @param resizedWidth what the box is resized to
 * @param windowLeft of the square that is kept, in the resized box
 * @param flip whether the window is mirrored left to right
 */
public record Placement(
        int boxLeft,
        int boxTop,
        int boxWidth,
        int boxHeight,
        int resizedWidth,
        int resizedHeight,
        int windowLeft,
        int windowTop,
        boolean flip) {}
