package org.skiptuning;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.skiptuning.data.BadPicture;
import org.skiptuning.data.DataSet;
import org.skiptuning.data.LabelledImage;
import org.skiptuning.data.TemplateSet;
import org.skiptuning.ffi.NativeBuffer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Classifies pictures by the nearest prompt. */
final class Evaluator {
    private static final Logger LOG = LoggerFactory.getLogger(Evaluator.class);

    private final Model model;

    Evaluator(Model model) {
        this.model = model;
    }

    Evaluation evaluate(DataSet data, TemplateSet templates, ProgressListener progress) {
        if (data.test().isEmpty()) {
            throw new DataSetException("The data set " + data.name()
                    + " has no test pictures: add a test part, or evaluate another data set");
        }
        var texts = new TextEncoder(model).encode(templates.prompts(data), progress);
        var paths = data.test().stream().map(LabelledImage::path).toList();
        var skipBad = model.options().skipBadImages();
        var images = new ImageEncoder(model).encode(paths, skipBad, Phase.EVALUATE, progress);
        images.unreadable().stream()
                .filter(bad -> model.isNewlyNamed(bad.file()))
                .forEach(bad -> LOG.warn("Left out: {}", bad.problem()));
        var unreadable = images.unreadable().stream().map(BadPicture::file).collect(Collectors.toSet());
        var readable = data.without(unreadable).test();
        if (readable.isEmpty()) {
            throw new DataSetException(
                    "None of the " + paths.size() + " test pictures of " + data.name() + " can be read. The first: "
                            + images.unreadable().getFirst().problem());
        }
        return tally(data, readable, probabilities(images.features(), texts));
    }

    List<List<Prediction>> classify(List<Path> images, List<String> labels, TemplateSet template) {
        if (labels.isEmpty()) {
            throw new IllegalArgumentException("No labels to choose from: give at least one");
        }
        var data = new DataSet("labels", labels, List.of(), List.of(), List.of(), "");
        var texts = new TextEncoder(model).encode(template.prompts(data), ProgressListener.none());
        var encoded = new ImageEncoder(model).encode(images, false, Phase.ENCODE_IMAGES, ProgressListener.none());
        var probabilities = probabilities(encoded.features(), texts);
        var results = new ArrayList<List<Prediction>>();
        for (var row : probabilities) {
            results.add(IntStream.range(0, labels.size())
                    .mapToObj(label -> new Prediction(labels.get(label), row[label]))
                    .sorted(Comparator.comparingDouble(Prediction::probability).reversed())
                    .toList());
        }
        return results;
    }

    /** Softmax of the model's logits, [images][texts]. */
    private double[][] probabilities(Features images, Features texts) {
        var result = new double[images.rows()][];
        try (var textBuffer = buffer(texts.toArray());
                var imageBuffer = NativeBuffer.allocate((long) images.width() * Float.BYTES * Pictures.CHUNK);
                var logits = NativeBuffer.allocate((long) texts.rows() * Float.BYTES * Pictures.CHUNK)) {
            var all = images.toArray();
            var row = new float[texts.rows()];
            for (var first = 0; first < images.rows(); first += Pictures.CHUNK) {
                var count = Math.min(Pictures.CHUNK, images.rows() - first);
                imageBuffer.putFloats(0, all, first * images.width(), count * images.width());
                model.weights().logits(imageBuffer, count, textBuffer, texts.rows(), logits);
                for (var i = 0; i < count; i++) {
                    logits.getFloats((long) i * row.length * Float.BYTES, row, 0, row.length);
                    result[first + i] = softmax(row);
                }
            }
        }
        return result;
    }

    private static NativeBuffer buffer(float[] values) {
        var buffer = NativeBuffer.allocate((long) values.length * Float.BYTES);
        buffer.putFloats(0, values, 0, values.length);
        return buffer;
    }

    static double[] softmax(float[] logits) {
        var largest = Double.NEGATIVE_INFINITY;
        for (var logit : logits) {
            largest = Math.max(largest, logit);
        }
        var result = new double[logits.length];
        var sum = 0.0;
        for (var i = 0; i < logits.length; i++) {
            result[i] = Math.exp(logits[i] - largest);
            sum += result[i];
        }
        for (var i = 0; i < logits.length; i++) {
            result[i] /= sum;
        }
        return result;
    }

    static Evaluation tally(DataSet data, List<LabelledImage> images, double[][] probabilities) {
        var classes = data.classNames().size();
        var correct = new int[classes];
        var total = new int[classes];
        var results = new ArrayList<ImageResult>();
        for (var i = 0; i < images.size(); i++) {
            var label = images.get(i).label();
            var best = best(probabilities[i]);
            total[label]++;
            correct[label] += best == label ? 1 : 0;
            results.add(new ImageResult(images.get(i).path(), label, best, probabilities[i][best]));
        }
        var perClass = IntStream.range(0, classes)
                .mapToObj(label -> new ClassResult(label, data.classNames().get(label), correct[label], total[label]))
                .toList();
        return new Evaluation(IntStream.of(correct).sum(), images.size(), perClass, results);
    }

    /** The index of the largest value, the smaller one of equals. */
    private static int best(double[] values) {
        var best = 0;
        for (var i = 1; i < values.length; i++) {
            best = values[i] > values[best] ? i : best;
        }
        return best;
    }
}
