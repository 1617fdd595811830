package org.skiptuning;

import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/**
 * Which rows of the native image cache hold which pictures, and when they are to be filled.
 *
 * <p>Without augmentation a picture is the same in every epoch: all are put in once. With it each is used once an epoch,
 * so that there need not be room for all: the rows hold the batches of a window of steps, and are filled anew for the
 * next. Where there is room, in memory or in a file, views that the epochs take turns with are each put in once, like
 * pictures that stay the same. Windows begin at fixed steps of the epoch, and a resumed run fills the whole window in
 * which it was interrupted, so that every row is computed in the same company as before and comes out the same to the
 * bit.
 */
final class RowCache {
    private final TrainingData data;
    /** That each picture has in all; 0 where every epoch has its own. */
    private final int views;

    private final boolean whole;
    private final boolean inFile;
    private final int windowSteps;
    private final BitSet filledViews = new BitSet();
    private long filled = -1;

    /** Puts pictures into the native cache. */
    @FunctionalInterface
    interface Filler {
        /**
         * @param view keys the augmentation: the epoch, where every epoch has its own
         * @param firstRow of the first picture; the others follow
         * @param pictures indices of training pictures
         */
        void fill(int view, long firstRow, int[] pictures);
    }

    /**
     * @param rowBytes of one picture's features in the cache
     * @param room for the features of all views of all pictures, or of a window
     */
    RowCache(TrainingData data, long rowBytes, CacheRoom room) {
        this.data = data;
        var wholeSet = data.settings().method().recipe().wholeSet();
        this.views = data.settings().augmentation() == PictureAugmentation.NONE || wholeSet
                ? 1
                : Math.min(data.settings().views(), data.epochs());
        var all = views * (long) data.images().size();
        this.whole = wholeSet || views > 0 && all <= Math.max(room.memory(), room.disk()) / rowBytes;
        this.inFile = !wholeSet && whole && all > room.memory() / rowBytes;
        var stepBytes = data.settings().batchSize() * rowBytes;
        this.windowSteps = Math.clamp(room.window() / stepBytes, 1, data.stepsPerEpoch());
    }

    /** Rows that the native cache needs. */
    long rows() {
        return whole
                ? (long) views * data.images().size()
                : (long) windowSteps * data.settings().batchSize();
    }

    /** Whether there are too many of them for memory, but not for a file. */
    boolean inFile() {
        return inFile;
    }

    /** Whether pictures that could be put in once are put in again and again. */
    boolean lacksRoom() {
        return views > 0 && !whole;
    }

    /**
     * The rows of a batch's pictures, after filling them where necessary.
     *
     * @param step of the epoch, from 0
     * @param batches of the epoch
     */
    long[] rows(int epoch, int step, List<int[]> batches, Filler filler) {
        return whole ? wholeRows(view(epoch), batches.get(step), filler) : windowRows(epoch, step, batches, filler);
    }

    private int view(int epoch) {
        return views == 0 ? epoch : epoch % views;
    }

    private long[] wholeRows(int view, int[] batch, Filler filler) {
        var pictures = data.images().size();
        var firstRow = (long) view * pictures;
        if (!filledViews.get(view)) {
            filler.fill(view, firstRow, IntStream.range(0, pictures).toArray());
            filledViews.set(view);
        }
        return Arrays.stream(batch).mapToLong(picture -> firstRow + picture).toArray();
    }

    private long[] windowRows(int epoch, int step, List<int[]> batches, Filler filler) {
        var first = step - step % windowSteps;
        var window = (long) epoch * batches.size() + first;
        var steps = batches.subList(first, Math.min(first + windowSteps, batches.size()));
        if (filled != window) {
            filled = -1;
            filler.fill(
                    view(epoch), 0, steps.stream().flatMapToInt(Arrays::stream).toArray());
            filled = window;
        }
        var before = steps.subList(0, step - first).stream()
                .mapToLong(batch -> batch.length)
                .sum();
        return LongStream.range(before, before + batches.get(step).length).toArray();
    }
}
