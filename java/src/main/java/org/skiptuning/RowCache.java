package org.skiptuning;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/**
 * Which rows of the native image cache hold which pictures, and when they are to be filled.
 *
 * <p>Without augmentation a picture is the same in every epoch: all are put in once. With it each is used once an epoch,
 * so that there need not be room for all: the rows hold the batches of a window of steps, and are filled anew for the
 * next. Windows begin at fixed steps of the epoch, and a resumed run fills the whole window in which it was interrupted,
 * so that every row is computed in the same company as before and comes out the same to the bit.
 */
final class RowCache {
    /** Of a window; some hundred pictures of a ViT-B. */
    static final long WINDOW_BYTES = 256L << 20;

    private final TrainingData data;
    private final boolean once;
    private final int windowSteps;
    private long filled = -1;

    /** Puts pictures into the native cache. */
    @FunctionalInterface
    interface Filler {
        /**
         * @param epoch keys the augmentation
         * @param pictures indices of training pictures, for the rows from 0 on
         */
        void fill(int epoch, int[] pictures);
    }

    /**
     * @param rowBytes of one picture's features in the cache
     * @param wholeLimit bytes up to which all pictures are kept where they stay the same
     * @param windowLimit bytes of a window
     */
    RowCache(TrainingData data, long rowBytes, long wholeLimit, long windowLimit) {
        this.data = data;
        this.once = data.settings().augmentation() == PictureAugmentation.NONE
                && data.images().size() * rowBytes <= wholeLimit;
        var stepBytes = data.settings().batchSize() * rowBytes;
        this.windowSteps = Math.clamp(windowLimit / stepBytes, 1, data.stepsPerEpoch());
    }

    /** Rows that the native cache needs. */
    long rows() {
        return once
                ? data.images().size()
                : (long) windowSteps * data.settings().batchSize();
    }

    /**
     * The rows of a batch's pictures, after filling them where necessary.
     *
     * @param step of the epoch, from 0
     * @param batches of the epoch
     */
    long[] rows(int epoch, int step, List<int[]> batches, Filler filler) {
        return once ? wholeRows(batches.get(step), filler) : windowRows(epoch, step, batches, filler);
    }

    private long[] wholeRows(int[] batch, Filler filler) {
        if (filled < 0) {
            filler.fill(0, IntStream.range(0, data.images().size()).toArray());
            filled = 0;
        }
        return Arrays.stream(batch).asLongStream().toArray();
    }

    private long[] windowRows(int epoch, int step, List<int[]> batches, Filler filler) {
        var first = step - step % windowSteps;
        var window = (long) epoch * batches.size() + first;
        var steps = batches.subList(first, Math.min(first + windowSteps, batches.size()));
        if (filled != window) {
            filled = -1;
            filler.fill(epoch, steps.stream().flatMapToInt(Arrays::stream).toArray());
            filled = window;
        }
        var before = steps.subList(0, step - first).stream()
                .mapToLong(batch -> batch.length)
                .sum();
        return LongStream.range(before, before + batches.get(step).length).toArray();
    }
}
