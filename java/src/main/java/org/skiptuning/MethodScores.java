package org.skiptuning;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.UnaryOperator;
import org.skiptuning.data.DataSet;
import org.skiptuning.ffi.NativeBuffer;
import org.skiptuning.ffi.NativeCache;
import org.skiptuning.ffi.NativeTrainer;

/**
 * Of a method that leaves no ordinary model: what it predicts with its own tensors beside the model that it was trained on.
 *
 * @param model the untouched one
 * @param trainedClasses names of the classes that it was trained on
 */
record MethodScores(Model model, TrainingSettings settings, List<String> trainedClasses, OwnTensors own)
        implements PictureScores {
    private static final int NAMED_CLASSES = 5;

    @Override
    public Scored score(DataSet classes, List<Path> pictures, boolean skipBad, Phase phase, ProgressListener progress) {
        var asked = AskedClasses.of(classes.classNames(), trainedClasses);
        if (!settings.knowsOtherClasses() && !asked.unknown().isEmpty()) {
            throw unknown(asked.unknown());
        }
        // What it keeps by class stands in the order of training: all of that is computed, and what was asked for taken
        // from it, so that a class has the same logit in every list.
        if (usesWhatItKeepsByClass(asked)) {
            var all = new DataSet(classes.name(), asked.all(), List.of(), List.of(), List.of(), classes.templateKey());
            return score(all, OptionalInt.empty(), asked::pick, pictures, skipBad, phase, progress);
        }
        var others = OptionalInt.of(trainedClasses.size());
        return score(classes, others, UnaryOperator.identity(), pictures, skipBad, phase, progress);
    }

    /** A picture cache votes for the classes it has beside any others; heads tell trained classes from each other alone. */
    private boolean usesWhatItKeepsByClass(AskedClasses asked) {
        return asked.unknown().isEmpty()
                ? !settings.knowsOtherClasses() || own.areByClass()
                : own.hasPictures() && asked.hasTrained();
    }

    private SkipTuningException unknown(List<String> unknown) {
        return new SkipTuningException(settings.method() + " knows only the " + trainedClasses.size()
                + " classes that it was trained on, and " + unknown.size() + " of those asked for "
                + (unknown.size() == 1 ? "is" : "are") + " not among them: "
                + String.join(", ", unknown.subList(0, Math.min(NAMED_CLASSES, unknown.size())))
                + (unknown.size() > NAMED_CLASSES ? ", ..." : "")
                + "; leave them out, or train a method that takes any");
    }

    /**
     * @param classes that there are logits of
     * @param others how many it was trained on where those are others
     * @param chosen of a picture's logits those that it is scored by
     */
    private Scored score(
            DataSet classes,
            OptionalInt others,
            UnaryOperator<float[]> chosen,
            List<Path> pictures,
            boolean skipBad,
            Phase phase,
            ProgressListener progress) {
        var options = new NativeOptions(settings, model);
        var texts = new ClassTexts(settings, model, classes);
        var count = classes.classNames().size();
        try (var cache = NativeCache.create(model.weights(), options.cache(0, count, Optional.empty()))) {
            texts.put(cache, progress);
            try (var trainer = NativeTrainer.create(
                    model.weights(),
                    Optional.of(cache),
                    options.trainer(texts, own.pictures(), own.hasSearched(), others))) {
                trainer.restore(own.tensors());
                return score(trainer, count, chosen, pictures, skipBad, phase, progress);
            }
        }
    }

    private Scored score(
            NativeTrainer trainer,
            int classes,
            UnaryOperator<float[]> chosen,
            List<Path> paths,
            boolean skipBad,
            Phase phase,
            ProgressListener progress) {
        var probabilities = new double[paths.size()][];
        try (var pictures = Pictures.once(model, paths);
                var logits = NativeBuffer.allocate((long) Pictures.CHUNK * classes * Float.BYTES)) {
            var bad = pictures.forEachChunk(
                    pictures.order(), pictures.testTransform(), skipBad, phase, (first, chunk) -> {
                        var count = chunk.pictures().size();
                        if (count > 0) {
                            trainer.logits(chunk.pixels(), count, logits);
                        }
                        for (var i = 0; i < count; i++) {
                            var row = new float[classes];
                            logits.getFloats((long) i * classes * Float.BYTES, row, 0, classes);
                            probabilities[first + i] = PictureScores.softmax(finite(chosen.apply(row)));
                        }
                        progress.onProgress(phase, first + count, paths.size());
                    });
            return new Scored(Arrays.copyOf(probabilities, paths.size() - bad.size()), bad);
        }
    }

    private float[] finite(float[] logits) {
        for (var logit : logits) {
            if (!Float.isFinite(logit)) {
                throw new TrainingDivergedException("The logits of " + settings.method()
                        + " aren't finite, so its parameters are of no use: lower the learning rates of the training, or"
                        + " take its folder as train wrote it"
                        + (settings.precision() == Precision.FP16 ? "; or use precision bf16 or fp32" : ""));
            }
        }
        return logits;
    }
}
