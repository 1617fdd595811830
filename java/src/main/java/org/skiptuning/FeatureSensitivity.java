package org.skiptuning;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import org.skiptuning.data.DataSet;
import org.skiptuning.data.LabelledImage;
import org.skiptuning.data.TemplateSet;
import org.skiptuning.ffi.NativeBuffer;

/**
 * How much each block's output changes with a training: the mean Euclidean distance between before and after over
 * pictures or class texts (FS of the paper, arXiv 2412.11509, section 3). Where it is small, a block may be skipped.
 *
 * @param image a number for each block of the image tower, over all tokens of a picture
 * @param text the same of the text tower, over the tokens up to end-of-text
 * @param relativeImage the same as a share of the output's length before
 * @param relativeText likewise
 */
public record FeatureSensitivity(
        List<Double> image, List<Double> text, List<Double> relativeImage, List<Double> relativeText) {
    private static final int TEXTS = 64;

    public FeatureSensitivity {
        image = List.copyOf(image);
        text = List.copyOf(text);
        relativeImage = List.copyOf(relativeImage);
        relativeText = List.copyOf(relativeText);
    }

    /**
     * Compares a model with what a training made of it.
     *
     * @param after trained by a method that leaves an ordinary model, from {@code before}
     * @param pictures of them and of the class texts
     * @param templates of the texts
     * @throws IllegalArgumentException if they are of different shapes or devices
     * @throws IllegalStateException if the method leaves no ordinary model
     */
    public static FeatureSensitivity between(
            Clip before,
            FineTuned after,
            List<Path> pictures,
            DataSet classes,
            TemplateSet templates,
            ProgressListener progress) {
        var first = before.model();
        var second = after.ordinaryModel();
        return first.using(() -> second.using(() -> {
            var image = images(first, second, pictures, progress);
            var text = texts(first, second, templates.prompts(classes));
            return new FeatureSensitivity(image.mean(), text.mean(), image.relative(), text.relative());
        }));
    }

    /**
     * Of a whole training: fine-tunes every block, and compares.
     *
     * @param settings of full fine-tuning; fewer epochs make an estimate
     */
    public static FeatureSensitivity ofTraining(
            Clip clip, DataSet data, TrainingSettings settings, int mostPictures, TrainingListener listener) {
        var templates = TemplateSet.of(settings.templates());
        try (var tuned = SkipTuning.builder(settings).build().fit(clip, data, listener)) {
            return between(
                    clip,
                    tuned,
                    spread(data.train(), mostPictures).stream()
                            .map(LabelledImage::path)
                            .toList(),
                    data,
                    templates,
                    listener);
        }
    }

    /** Some pictures, evenly over the list, which goes by class. */
    static List<LabelledImage> spread(List<LabelledImage> all, int most) {
        var count = Math.min(most, all.size());
        return IntStream.range(0, count)
                .mapToObj(index -> all.get((int) ((long) index * all.size() / count)))
                .toList();
    }

    /**
     * How alike two curves order their blocks: Spearman's rank correlation, -1 to 1.
     *
     * @return empty where one of them has no order, as where nothing changed
     */
    public static OptionalDouble rankCorrelation(List<Double> one, List<Double> other) {
        var first = ranks(one);
        var second = ranks(other);
        var mean = (one.size() - 1) / 2.0;
        var together = 0.0;
        var ofFirst = 0.0;
        var ofSecond = 0.0;
        for (var block = 0; block < one.size(); block++) {
            together += (first[block] - mean) * (second[block] - mean);
            ofFirst += (first[block] - mean) * (first[block] - mean);
            ofSecond += (second[block] - mean) * (second[block] - mean);
        }
        return ofFirst == 0 || ofSecond == 0
                ? OptionalDouble.empty()
                : OptionalDouble.of(together / Math.sqrt(ofFirst * ofSecond));
    }

    /** Equal values share the mean of their ranks. */
    private static double[] ranks(List<Double> curve) {
        var ranks = new double[curve.size()];
        for (var block = 0; block < ranks.length; block++) {
            var own = curve.get(block);
            var below = curve.stream().filter(value -> value < own).count();
            var equal = curve.stream().filter(value -> value.equals(own)).count();
            ranks[block] = below + (equal - 1) / 2.0;
        }
        return ranks;
    }

    /**
     * Where the image tower's curve begins to rise: how many blocks may be skipped, by it. By the distances as shares of the
     * outputs' lengths: outputs grow from block to block, and with them whatever is measured of them.
     *
     * @return empty where the curve has no bend, so that it says nothing
     */
    public OptionalInt suggestedImageStartLayer() {
        return Knee.of(relativeImage);
    }

    /** The same of the text tower. */
    public OptionalInt suggestedTextStartLayer() {
        return Knee.of(relativeText);
    }

    /** Sums over inputs, a number a block. */
    private static final class Sums {
        private final double[] distances;
        private final double[] shares;
        private long inputs;

        Sums(int blocks) {
            distances = new double[blocks];
            shares = new double[blocks];
        }

        /** [blocks, count] each. */
        void add(NativeBuffer apart, NativeBuffer lengths, int count) {
            var row = new float[count];
            var norms = new float[count];
            for (var block = 0; block < distances.length; block++) {
                apart.getFloats((long) block * count * Float.BYTES, row, 0, count);
                lengths.getFloats((long) block * count * Float.BYTES, norms, 0, count);
                for (var input = 0; input < count; input++) {
                    distances[block] += row[input];
                    shares[block] += row[input] / (double) norms[input];
                }
            }
            inputs += count;
        }

        List<Double> mean() {
            return divided(distances);
        }

        List<Double> relative() {
            return divided(shares);
        }

        private List<Double> divided(double[] sums) {
            var means = new ArrayList<Double>();
            for (var sum : sums) {
                means.add(sum / inputs);
            }
            return means;
        }
    }

    private static Sums images(Model before, Model after, List<Path> files, ProgressListener progress) {
        var blocks = before.info().imageLayers();
        var sums = new Sums(blocks);
        try (var pictures = Pictures.once(before, files);
                var apart = NativeBuffer.allocate((long) blocks * Pictures.CHUNK * Float.BYTES);
                var lengths = NativeBuffer.allocate((long) blocks * Pictures.CHUNK * Float.BYTES)) {
            pictures.forEachChunk(
                    pictures.order(),
                    pictures.testTransform(),
                    before.options().skipBadImages(),
                    Phase.ENCODE_IMAGES,
                    (first, chunk) -> {
                        var count = chunk.pictures().size();
                        if (count == 0) {
                            return;
                        }
                        before.weights()
                                .compareImages(
                                        after.weights(),
                                        before.precision(),
                                        chunk.pixels(),
                                        count,
                                        blocks,
                                        apart,
                                        lengths);
                        sums.add(apart, lengths, count);
                        progress.onProgress(Phase.ENCODE_IMAGES, first + count, files.size());
                    });
        }
        return sums;
    }

    private static Sums texts(Model before, Model after, List<String> prompts) {
        var blocks = before.info().textLayers();
        var length = before.info().contextLength();
        var sums = new Sums(blocks);
        var encoder = new TextEncoder(before);
        for (var first = 0; first < prompts.size(); first += TEXTS) {
            CancelledException.check(Phase.ENCODE_TEXTS);
            var some = prompts.subList(first, Math.min(first + TEXTS, prompts.size()));
            try (var tokens = encoder.tokens(some);
                    var apart = NativeBuffer.allocate((long) blocks * some.size() * Float.BYTES);
                    var lengths = NativeBuffer.allocate((long) blocks * some.size() * Float.BYTES)) {
                before.weights()
                        .compareTexts(
                                after.weights(),
                                before.precision(),
                                tokens,
                                some.size(),
                                length,
                                blocks,
                                apart,
                                lengths);
                sums.add(apart, lengths, some.size());
            }
        }
        return sums;
    }
}
