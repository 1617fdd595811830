package org.skiptuning;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.skiptuning.checkpoint.SafetensorsWriter;
import org.skiptuning.data.DataSet;
import org.skiptuning.ffi.NativeBuffer;
import org.skiptuning.ffi.NativeCache;
import org.skiptuning.ffi.TensorView;

/** Passes a run's training pictures through the frozen blocks, and leaves what they come to in {@link FeatureFiles}. */
public final class FeatureExtraction {
    private final Model model;
    private final TrainingData run;
    private final NativeOptions options;
    private final FeatureLayout layout;

    private FeatureExtraction(Model model, TrainingData run) {
        this.model = model;
        this.run = run;
        this.options = new NativeOptions(run.settings(), model);
        this.layout = FeatureFiles.layout(run, model, options);
    }

    /**
     * @param data its training pictures are sampled and cut as the settings' shots and classes say
     * @throws SkipTuningException if each epoch draws its pictures afresh, so that there is nothing to keep
     * @throws DataSetException if there is nothing to train on
     */
    public static FeatureExtraction of(Clip clip, DataSet data, TrainingSettings settings) {
        var model = clip.model();
        return model.using(() ->
                new FeatureExtraction(model, TrainingData.prepare(settings, data, model, TrainingListener.none())));
    }

    /** What there is to compute, in parts of a usual size. */
    public FeatureLayout layout() {
        return layout;
    }

    /**
     * Computes a part and writes its file, whole or not at all.
     *
     * @param folder that {@link FeatureFiles#begin} began
     * @throws DataSetException if a picture cannot be read
     * @throws CancelledException if the thread is interrupted
     * @throws SkipTuningException if the folder is another's
     */
    public void compute(FeatureLayout.Part part, Path folder, ProgressListener listener) {
        FeatureFiles.requireSame(
                folder,
                layout,
                FeatureFiles.describe(folder)
                        .orElseThrow(() -> new SkipTuningException(folder + " holds no features that were begun")));
        model.using(() -> {
            try (var pictures = Pictures.once(model, run.paths());
                    var cache = NativeCache.create(
                            model.weights(), options.cache(part.rows(), run.classes(), Optional.empty()));
                    var rows = NativeBuffer.allocate(part.rows() * layout.rowBytes())) {
                var first = (int) (part.firstRow() % layout.pictures());
                var images = IntStream.range(first, first + part.rows()).toArray();
                var transform = pictures.trainTransform(run.settings(), part.view());
                pictures.forEachChunk(images, transform, false, Phase.CACHE_IMAGES, (done, chunk) -> {
                    cache.putImages(done, chunk.pixels(), chunk.pictures().size());
                    listener.onProgress(
                            Phase.CACHE_IMAGES, done + chunk.pictures().size(), part.rows());
                });
                cache.readImages(0, part.rows(), rows);
                write(part, folder, rows);
            }
            return null;
        });
    }

    private void write(FeatureLayout.Part part, Path folder, NativeBuffer rows) {
        var type = options.imageStorage();
        var shape = new long[] {part.rows(), layout.rowBytes() / type.bytes()};
        SafetensorsWriter.write(
                folder.resolve(part.file()),
                List.of(TensorView.contiguous(FeatureFiles.ROWS, type, shape, rows)),
                Map.of(
                        "identity",
                        layout.identity().toString(),
                        "first_row",
                        Long.toString(part.firstRow()),
                        FeatureFiles.SHA_256,
                        FeatureFiles.sha256(rows)));
    }
}
