package org.skiptuning.data;

import java.util.List;

/**
 * What an image tower takes: three planes of {@code size × size} fp32, (value / 255 - mean) / deviation.
 *
 * @param size side in pixels
 * @param mean of red, green and blue, of values in 0 to 1
 * @param deviation of red, green and blue
 */
public record PixelFormat(int size, List<Float> mean, List<Float> deviation) {
    private static final int CHANNELS = 3;

    public PixelFormat {
        mean = List.copyOf(mean);
        deviation = List.copyOf(deviation);
        if (size < 1 || mean.size() != CHANNELS || deviation.size() != CHANNELS) {
            throw new IllegalArgumentException("Pixels of side " + size + " with " + mean.size() + " means and "
                    + deviation.size() + " deviations");
        }
    }

    /** The bytes of {@code pictures} pictures. */
    public long bytes(int pictures) {
        return (long) Float.BYTES * CHANNELS * size * size * pictures;
    }

    float[] means() {
        return floats(mean);
    }

    float[] deviations() {
        return floats(deviation);
    }

    private static float[] floats(List<Float> numbers) {
        var floats = new float[numbers.size()];
        for (var i = 0; i < floats.length; i++) {
            floats[i] = numbers.get(i);
        }
        return floats;
    }
}
