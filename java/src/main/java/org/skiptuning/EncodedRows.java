package org.skiptuning;

import org.skiptuning.ffi.NativeCache;

/** Rows of pictures that pass the frozen blocks. */
final class EncodedRows implements ImageRows {
    private final TrainingSettings settings;
    private final Pictures pictures;
    private final TrainingListener listener;

    /** @param pictures stay the caller's to close */
    EncodedRows(TrainingSettings settings, Pictures pictures, TrainingListener listener) {
        this.settings = settings;
        this.pictures = pictures;
        this.listener = listener;
    }

    @Override
    public void put(NativeCache cache, int view, long firstRow, int[] images) {
        var transform = pictures.trainTransform(settings, view);
        pictures.forEachChunk(images, transform, false, Phase.CACHE_IMAGES, (first, chunk) -> {
            cache.putImages(firstRow + first, chunk.pixels(), chunk.pictures().size());
            listener.onProgress(Phase.CACHE_IMAGES, first + chunk.pictures().size(), images.length);
        });
    }

    @Override
    public void close() {}
}
