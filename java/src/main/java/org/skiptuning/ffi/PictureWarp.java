package org.skiptuning.ffi;

import java.util.List;

/**
 * An 8-bit RGB picture bent and recoloured for augmentation; the formulas are at {@code st_warp} in
 * {@code skiptuning.h}.
 *
 * @param rgb {@code height} rows of {@code rowBytes} bytes, each with {@code width} pixels of 3 bytes
 * @param map six numbers: output pixel (x, y) shows the source at u = map0·(x+0.5) + map1·(y+0.5) + map2 and
 *     v = map3·(x+0.5) + map4·(y+0.5) + map5, in pixels
 * @param brightness factor, 1 changes nothing
 * @param contrast factor around the mean grey value, 1 changes nothing
 * @param saturation factor around each pixel's grey value, 1 changes nothing
 * @param background 0xRRGGBB outside of the source
 */
public record PictureWarp(
        NativeBuffer rgb,
        int width,
        int height,
        long rowBytes,
        List<Float> map,
        float brightness,
        float contrast,
        float saturation,
        boolean greyscale,
        int background) {
    public static final int WHITE = 0xFFFFFF;

    /** @throws IllegalArgumentException if the rows do not fit the buffer or a number is out of range */
    public PictureWarp {
        Pixels.require(rgb, width, height, rowBytes);
        map = List.copyOf(map);
        if (map.size() != 6 || !map.stream().allMatch(Float::isFinite)) {
            throw new IllegalArgumentException("A map is six finite numbers, not " + map);
        }
        for (float factor : new float[] {brightness, contrast, saturation}) {
            if (!(factor >= 0) || Float.isInfinite(factor)) {
                throw new IllegalArgumentException("A colour factor of " + factor);
            }
        }
        if ((background & ~WHITE) != 0) {
            throw new IllegalArgumentException("A colour is 0xRRGGBB, not " + Integer.toHexString(background));
        }
    }
}
