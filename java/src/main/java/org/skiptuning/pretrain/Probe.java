package org.skiptuning.pretrain;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;
import org.skiptuning.Precision;
import org.skiptuning.data.bundled.BundledPicture;
import org.skiptuning.ffi.MappedFile;
import org.skiptuning.ffi.NativeBuffer;
import org.skiptuning.ffi.NativeModel;
import org.skiptuning.ffi.NativePictures;
import org.skiptuning.ffi.PictureFilter;
import org.skiptuning.ffi.PictureSource;

/** Zero-shot accuracy on pictures of one style, by name, as training goes on. */
final class Probe implements AutoCloseable {
    private static final int PART = 256;

    private final Recipe.Model model;
    private final int embedDim;
    private final List<BundledPicture> pictures;
    private final List<String> names;
    private final NativeBuffer pixels;
    private final NativeBuffer tokens;
    private final int length;

    /**
     * @param pictures of one style, all of names that training knows
     */
    Probe(Recipe recipe, List<BundledPicture> pictures, Corpus corpus, CaptionVocabulary vocabulary) {
        this.model = recipe.model();
        this.embedDim = model.embedDim();
        this.pictures = List.copyOf(pictures);
        this.names = List.copyOf(
                new TreeSet<>(pictures.stream().map(BundledPicture::text).toList()));
        this.pixels = prepare(corpus);
        var captions = new CaptionWriter(recipe.captions(), recipe.seed());
        var texts = names.stream()
                .map(captions::mainCaption)
                .map(vocabulary::encode)
                .toList();
        this.length = texts.stream().mapToInt(text -> text.length).max().orElse(1);
        this.tokens = BatchMaker.packed(texts, length);
    }

    private NativeBuffer prepare(Corpus corpus) {
        var side = corpus.pictureSize();
        var bytes = 3L * side * side;
        var output = NativeBuffer.allocate(pictures.size() * pictureBytes());
        try (var file = MappedFile.open(corpus.pixelFile())) {
            List<PictureSource> sources = new ArrayList<>();
            for (var picture : pictures) {
                sources.add(new PictureSource(
                        file.slice(picture.row() * bytes, bytes),
                        side,
                        side,
                        3L * side,
                        0,
                        0,
                        side,
                        side,
                        model.imageSize(),
                        model.imageSize(),
                        0,
                        0,
                        false,
                        PictureFilter.BICUBIC));
            }
            NativePictures.prepare(
                    sources,
                    model.imageSize(),
                    BatchMaker.channels(model.mean()),
                    BatchMaker.channels(model.deviation()),
                    1,
                    output);
        }
        return output;
    }

    private long pictureBytes() {
        return 3L * model.imageSize() * model.imageSize() * Float.BYTES;
    }

    int classes() {
        return names.size();
    }

    /** Share of the pictures, in percent, whose own name is the most similar of all. */
    double accuracy(NativeModel clip) {
        var texts = new float[names.size() * embedDim];
        try (var features = NativeBuffer.allocate((long) texts.length * Float.BYTES)) {
            clip.encodeTexts(Precision.FP32, tokens, names.size(), length, features);
            features.getFloats(0, texts, 0, texts.length);
        }
        Map<String, Integer> labels = new HashMap<>();
        names.forEach(name -> labels.put(name, labels.size()));
        var correct = 0;
        for (var from = 0; from < pictures.size(); from += PART) {
            var count = Math.min(PART, pictures.size() - from);
            var images = new float[count * embedDim];
            try (var features = NativeBuffer.allocate((long) images.length * Float.BYTES)) {
                clip.encodeImages(
                        Precision.FP32, pixels.slice(from * pictureBytes(), count * pictureBytes()), count, features);
                features.getFloats(0, images, 0, images.length);
            }
            for (var i = 0; i < count; i++) {
                if (best(images, i * embedDim, texts)
                        == Objects.requireNonNull(
                                labels.get(pictures.get(from + i).text()))) {
                    correct++;
                }
            }
        }
        return 100.0 * correct / pictures.size();
    }

    private int best(float[] images, int offset, float[] texts) {
        var best = 0;
        var most = Float.NEGATIVE_INFINITY;
        for (var row = 0; row < names.size(); row++) {
            var sum = 0f;
            for (var i = 0; i < embedDim; i++) {
                sum += images[offset + i] * texts[row * embedDim + i];
            }
            if (sum > most) {
                most = sum;
                best = row;
            }
        }
        return best;
    }

    @Override
    public void close() {
        pixels.close();
        tokens.close();
    }
}
