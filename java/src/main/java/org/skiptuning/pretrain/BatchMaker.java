package org.skiptuning.pretrain;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.LongStream;
import org.skiptuning.data.bundled.BundledPicture;
import org.skiptuning.ffi.MappedFile;
import org.skiptuning.ffi.NativeBuffer;
import org.skiptuning.ffi.NativePictures;
import org.skiptuning.ffi.PictureWarp;

/** Makes the batch of any step from the drawn pictures and their names, the same whenever it is asked. */
final class BatchMaker implements AutoCloseable {
    private static final int PICTURE_THREADS = 1;

    private final Recipe recipe;
    private final int pictureSize;
    private final MappedFile pixelFile;
    private final PairSampler sampler;
    private final PictureChanges changes;
    private final CaptionWriter captions;
    private final CaptionVocabulary vocabulary;

    BatchMaker(Recipe recipe, Corpus corpus, CaptionVocabulary vocabulary) {
        this.recipe = recipe;
        this.pictureSize = corpus.pictureSize();
        this.pixelFile = MappedFile.open(corpus.pixelFile());
        this.sampler = new PairSampler(corpus.pictures(), recipe.seed());
        this.changes = new PictureChanges(
                recipe.pictures(), recipe.seed(), recipe.model().imageSize());
        this.captions = new CaptionWriter(recipe.captions(), recipe.seed());
        this.vocabulary = vocabulary;
    }

    Batch make(int step) {
        var pictures = sampler.pictures(step, recipe.batch());
        List<PictureWarp> warps = new ArrayList<>(pictures.size());
        List<long[]> texts = new ArrayList<>(pictures.size());
        for (var index = 0; index < pictures.size(); index++) {
            var picture = pictures.get(index);
            warps.add(changes.change(picture, rgb(picture), pictureSize, step, index));
            texts.add(vocabulary.encode(captions.caption(picture.text(), step, index)));
        }
        var length = texts.stream().mapToInt(text -> text.length).max().orElse(1);
        return new Batch(
                step,
                prepare(warps),
                packed(texts, length),
                length,
                LongStream.range(0, pictures.size()).toArray());
    }

    private NativeBuffer rgb(BundledPicture picture) {
        var bytes = 3L * pictureSize * pictureSize;
        return pixelFile.slice(picture.row() * bytes, bytes);
    }

    private NativeBuffer prepare(List<PictureWarp> warps) {
        var model = recipe.model();
        var pixels =
                NativeBuffer.allocate((long) warps.size() * 3 * model.imageSize() * model.imageSize() * Float.BYTES);
        NativePictures.warp(
                warps, model.imageSize(), channels(model.mean()), channels(model.deviation()), PICTURE_THREADS, pixels);
        return pixels;
    }

    static float[] channels(double value) {
        var channels = new float[3];
        Arrays.fill(channels, (float) value);
        return channels;
    }

    /** Texts as rows of one length, filled up with zeros. */
    static NativeBuffer packed(List<long[]> texts, int length) {
        var buffer = NativeBuffer.allocate((long) texts.size() * length * Long.BYTES);
        for (var row = 0; row < texts.size(); row++) {
            var padded = Arrays.copyOf(texts.get(row), length);
            buffer.putLongs((long) row * length * Long.BYTES, padded, 0, length);
        }
        return buffer;
    }

    @Override
    public void close() {
        pixelFile.close();
    }
}
