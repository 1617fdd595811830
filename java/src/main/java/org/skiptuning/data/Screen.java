package org.skiptuning.data;

/**
 * What a file shows and where its first frame lies on it. Most formats have one frame that fills it.
 *
 * @param width in pixels
 * @param height in pixels
 * @param left of the frame
 * @param top of the frame
 */
record Screen(int width, int height, int left, int top) {
    static Screen filled(int width, int height) {
        return new Screen(width, height, 0, 0);
    }
}
