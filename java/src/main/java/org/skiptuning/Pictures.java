package org.skiptuning;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.skiptuning.checkpoint.Preprocessing;
import org.skiptuning.data.BadPicture;
import org.skiptuning.data.DecodeOptions;
import org.skiptuning.data.PictureStore;
import org.skiptuning.data.PictureTransform;
import org.skiptuning.data.PixelBatch;
import org.skiptuning.data.PixelFormat;
import org.skiptuning.data.PixelPipeline;

/** Picture files to pixels as a model's image tower takes them, decoded and resized ahead of their use. */
final class Pictures implements AutoCloseable {
    /** Pictures prepared and encoded at a time. */
    static final int CHUNK = 32;

    /** Chunks that may be ready before they are taken. */
    private static final int AHEAD = 2;

    private final PictureStore store;
    private final Preprocessing preprocessing;
    private final LoadOptions options;

    private Pictures(Model model, List<Path> files, long budget) {
        options = model.options();
        preprocessing = model.checkpoint().preprocessing();
        store = new PictureStore(files, DecodeOptions.DEFAULT.withOrientation(options.applyOrientation()), budget);
    }

    /** To go through once: a decoded picture is let go when its pixels are made. */
    static Pictures once(Model model, List<Path> files) {
        return new Pictures(model, files, 0);
    }

    /** To go through again and again: as many decoded pictures are kept as the memory allows. */
    static Pictures again(Model model, List<Path> files) {
        return new Pictures(model, files, PictureStore.defaultBudget());
    }

    /** Takes a chunk, which ends when this returns. */
    @FunctionalInterface
    interface Consumer {
        /**
         * @param first pictures handed out before
         */
        void accept(int first, PixelBatch chunk);
    }

    /** All files, in their order. */
    int[] order() {
        return IntStream.range(0, store.size()).toArray();
    }

    /** Resize and crop as the checkpoint asks. */
    PictureTransform testTransform() {
        return switch (preprocessing.resizeMode()) {
            case SHORTEST -> PictureTransform.shortestSide(preprocessing.size());
            case SQUASH -> PictureTransform.squash(preprocessing.size());
        };
    }

    /** How training pictures look in an epoch. */
    PictureTransform trainTransform(TrainingSettings settings, int epoch) {
        return switch (settings.augmentation()) {
            case NONE -> testTransform();
            case CROP_FLIP ->
                PictureTransform.cropAndFlip(preprocessing.size(), settings.seed(), epoch, settings.cropScale());
        };
    }

    /**
     * Prepares pictures in chunks of {@link #CHUNK} and hands them out in order, on the caller's thread.
     *
     * @param order indices of files
     * @param skipBad leaves out unreadable pictures; else the first one ends it
     * @param phase named where it is interrupted; encoding wants a row for each picture and never leaves one out
     * @return the unreadable pictures
     */
    List<BadPicture> forEachChunk(
            int[] order, PictureTransform transform, boolean skipBad, Phase phase, Consumer consumer) {
        var plan = new ArrayList<int[]>();
        for (var first = 0; first < order.length; first += CHUNK) {
            plan.add(Arrays.copyOfRange(order, first, Math.min(first + CHUNK, order.length)));
        }
        if (plan.isEmpty()) {
            return List.of();
        }
        var format = new PixelFormat(preprocessing.size(), preprocessing.mean(), preprocessing.deviation());
        var how = new PixelPipeline.Options(options.effectiveThreads(), AHEAD, skipBad);
        try (var pipeline = new PixelPipeline(store, format, transform, plan, how)) {
            var first = 0;
            for (var chunk = pipeline.next(); chunk.isPresent(); chunk = pipeline.next()) {
                CancelledException.check(phase);
                consumer.accept(first, chunk.get());
                first += chunk.get().pictures().size();
            }
            return pipeline.skipped();
        } catch (InterruptedException e) {
            throw CancelledException.during(phase);
        } catch (DataSetException bad) {
            throw phase == Phase.ENCODE_IMAGES ? bad : new UnreadablePictureException(bad);
        }
    }

    /** Prepares all files and tells of which no pixels come. */
    List<BadPicture> unreadable() {
        return forEachChunk(order(), testTransform(), true, Phase.CACHE_IMAGES, (first, chunk) -> {});
    }

    @Override
    public void close() {
        store.close();
    }
}
