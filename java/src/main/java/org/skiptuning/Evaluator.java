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
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Counts what a model gets right, and sorts what it makes of labels. */
final class Evaluator {
    private static final Logger LOG = LoggerFactory.getLogger(Evaluator.class);

    private final Model model;
    private final PictureScores scores;

    /** @param model says which pictures are left out */
    Evaluator(Model model, PictureScores scores) {
        this.model = model;
        this.scores = scores;
    }

    Evaluation evaluate(DataSet data, ProgressListener progress) {
        if (data.test().isEmpty()) {
            throw new DataSetException("The data set " + data.name()
                    + " has no test pictures: add a test part, or evaluate another data set");
        }
        var paths = data.test().stream().map(LabelledImage::path).toList();
        var scored = scores.score(data, paths, model.options().skipBadImages(), Phase.EVALUATE, progress);
        scored.unreadable().stream()
                .filter(bad -> model.isNewlyNamed(bad.file()))
                .forEach(bad -> LOG.warn("Left out: {}", bad.problem()));
        var unreadable = scored.unreadable().stream().map(BadPicture::file).collect(Collectors.toSet());
        var readable = data.without(unreadable).test();
        if (readable.isEmpty()) {
            throw new DataSetException(
                    "None of the " + paths.size() + " test pictures of " + data.name() + " can be read. The first: "
                            + scored.unreadable().getFirst().problem());
        }
        return tally(data, readable, scored.probabilities());
    }

    /** @param templateKey the entry of template sets whose texts the labels go into */
    List<List<Prediction>> classify(List<Path> images, List<String> labels, String templateKey) {
        if (labels.isEmpty()) {
            throw new IllegalArgumentException("No labels to choose from: give at least one");
        }
        var data = new DataSet("labels", labels, List.of(), List.of(), List.of(), templateKey);
        var scored = scores.score(data, images, false, Phase.ENCODE_IMAGES, ProgressListener.none());
        var results = new ArrayList<List<Prediction>>();
        for (var row : scored.probabilities()) {
            results.add(IntStream.range(0, labels.size())
                    .mapToObj(label -> new Prediction(labels.get(label), row[label]))
                    .sorted(Comparator.comparingDouble(Prediction::probability).reversed())
                    .toList());
        }
        return results;
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
