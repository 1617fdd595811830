package org.skiptuning;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.skiptuning.data.BadPicture;
import org.skiptuning.data.BatchPlan;
import org.skiptuning.data.DataSet;
import org.skiptuning.data.LabelledImage;

/**
 * What a run trains on.
 *
 * @param data sampled, cut and without unreadable pictures, as the settings and load options say
 * @param oneClassABatch whether every batch holds pictures of one class
 * @param stepsPerEpoch batches of an epoch, the same in each but perhaps the last
 * @param totalSteps of the whole run
 */
record TrainingData(
        TrainingSettings settings, DataSet data, boolean oneClassABatch, int stepsPerEpoch, long totalSteps) {
    /** From this many pictures a class on, the implementation draws each batch from one class. */
    private static final int SHOTS_FOR_ONE_CLASS = 4;

    /** Classes that one warning names. */
    private static final int NAMED = 3;

    /**
     * Samples first and cuts then, in the order of CoOp's protocol.
     *
     * @throws DataSetException if nothing is left to train on
     */
    static TrainingData prepare(TrainingSettings settings, DataSet given, Model model, TrainingListener listener) {
        var sampled = settings.shots() > 0 ? given.fewShot(settings.shots(), settings.seed()) : given;
        var cut = settings.classes().cut(sampled);
        var validates = settings.method().recipe().validates() != Recipe.Validates.NEVER;
        var data = model.options().skipBadImages() ? withoutUnreadable(cut, validates, model, listener) : cut;
        if (data.train().isEmpty()) {
            throw new DataSetException("The data set " + data.name()
                    + " has no training pictures: add a train part, or choose other classes");
        }
        var shots = shots(settings, data);
        var oneClass = settings.batches() == BatchPolicy.ONE_CLASS && shots >= SHOTS_FOR_ONE_CLASS;
        var steps = batches(settings, data.train(), oneClass, 0).size();
        var total = totalSteps(settings, data, shots, steps);
        return new TrainingData(settings, data, oneClass, steps, total);
    }

    private static long totalSteps(TrainingSettings settings, DataSet data, int shots, int stepsPerEpoch) {
        var oneStepWithout = settings.method().recipe().oneStepWithout();
        if (oneStepWithout.isPresent()
                && (data.validation().isEmpty()
                        || !Boolean.TRUE.equals(settings.own().get(oneStepWithout.get())))) {
            return 1;
        }
        return settings.stepsPerShot() > 0
                ? (long) settings.stepsPerShot() * shots
                : (long) stepsPerEpoch * settings.epochs();
    }

    private static List<int[]> batches(
            TrainingSettings settings, List<LabelledImage> images, boolean oneClass, int epoch) {
        if (settings.method().recipe().wholeSet()) {
            return List.of(IntStream.range(0, images.size()).toArray());
        }
        var whole = settings.batches() == BatchPolicy.SHUFFLED_WHOLE;
        return BatchPlan.epoch(images, settings.batchSize(), oneClass, whole, settings.seed(), epoch);
    }

    private static DataSet withoutUnreadable(DataSet data, boolean validates, Model model, TrainingListener listener) {
        var looked =
                validates ? Stream.concat(data.train().stream(), data.validation().stream()) : data.train().stream();
        var paths = looked.map(LabelledImage::path).toList();
        try (var pictures = Pictures.once(model, paths)) {
            var bad = pictures.unreadable();
            bad.forEach(picture -> listener.onWarning("Left out: " + picture.problem()));
            return data.without(bad.stream().map(BadPicture::file).collect(Collectors.toSet()));
        }
    }

    /** Pictures a class: as set, or those of the largest class. */
    private static int shots(TrainingSettings settings, DataSet data) {
        if (settings.shots() > 0) {
            return settings.shots();
        }
        var counts = new int[data.classNames().size()];
        data.train().forEach(image -> counts[image.label()]++);
        var most = 0;
        for (var count : counts) {
            most = Math.max(most, count);
        }
        return most;
    }

    /** Passes over the pictures, the last of which may end early. */
    int epochs() {
        return Math.toIntExact(Math.ceilDiv(totalSteps, stepsPerEpoch));
    }

    List<LabelledImage> images() {
        return data.train();
    }

    List<Path> paths() {
        return images().stream().map(LabelledImage::path).toList();
    }

    int classes() {
        return data.classNames().size();
    }

    /** The batches of an epoch, as indices of {@link #images()}. */
    List<int[]> batches(int epoch) {
        var all = batches(settings, images(), oneClassABatch, epoch);
        var left = totalSteps - (long) epoch * stepsPerEpoch;
        return left < all.size() ? all.subList(0, Math.toIntExact(left)) : all;
    }

    /** What the user should know before it starts. */
    List<String> warnings() {
        var warnings = new ArrayList<>(data.warnings());
        if (settings.method().recipe().validates() != Recipe.Validates.NEVER
                && data.validation().isEmpty()) {
            warnings.add("There are no validation pictures, by which " + settings.method()
                    + " makes its choices: it takes its settings as they are");
        }
        if (data.classNames().size() == 1) {
            warnings.add("There is one class, " + data.classNames().getFirst()
                    + ": training has nothing to tell apart, and any picture counts as right");
        }
        var seen = new boolean[data.classNames().size()];
        images().forEach(image -> seen[image.label()] = true);
        var without = IntStream.range(0, seen.length)
                .filter(label -> !seen[label])
                .mapToObj(label -> label + " (" + data.classNames().get(label) + ")")
                .toList();
        if (without.size() == 1) {
            warnings.add("Class " + without.getFirst() + " has no training pictures: it is only learnt against");
        } else if (!without.isEmpty()) {
            var named = String.join(", ", without.subList(0, Math.min(NAMED, without.size())));
            warnings.add(without.size() + " classes have no training pictures, such as " + named
                    + ": they are only learnt against");
        }
        return warnings;
    }
}
