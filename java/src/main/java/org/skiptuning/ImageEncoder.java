package org.skiptuning;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.skiptuning.data.BadPicture;
import org.skiptuning.data.PixelBatch;
import org.skiptuning.ffi.NativeBuffer;
import org.skiptuning.ffi.NotUnitException;

/** Pictures to features, in batches. */
final class ImageEncoder {
    private final Model model;

    ImageEncoder(Model model) {
        this.model = model;
    }

    /**
     * Features of the readable pictures, in the order of the files.
     *
     * @param unreadable empty unless they are to be left out
     */
    record Encoded(Features features, List<BadPicture> unreadable) {}

    /**
     * @param skipBad leaves out unreadable pictures; else the first one is a {@link DataSetException}
     */
    Encoded encode(List<Path> images, boolean skipBad, Phase phase, ProgressListener progress) {
        var width = model.info().embeddingSize();
        var values = new float[Math.multiplyExact(images.size(), width)];
        try (var pictures = Pictures.once(model, images);
                var features = NativeBuffer.allocate((long) Pictures.CHUNK * width * Float.BYTES)) {
            var transform = pictures.testTransform();
            var bad = pictures.forEachChunk(pictures.order(), transform, skipBad, phase, (first, chunk) -> {
                var count = chunk.pictures().size();
                if (count > 0) {
                    encode(chunk, images, features);
                    features.getFloats(0, values, first * width, count * width);
                }
                progress.onProgress(phase, first + count, images.size());
            });
            var rows = images.size() - bad.size();
            return new Encoded(new Features(Arrays.copyOf(values, rows * width), rows, width), bad);
        }
    }

    private void encode(PixelBatch chunk, List<Path> images, NativeBuffer features) {
        try {
            model.weights()
                    .encodeImages(
                            model.precision(), chunk.pixels(), chunk.pictures().size(), features);
        } catch (NotUnitException nowhere) {
            var picture = images.get(chunk.pictures().get(nowhere.row()));
            throw model.withoutDirection("the picture " + picture, nowhere);
        }
    }
}
