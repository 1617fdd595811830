package org.skiptuning;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
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
    @Override
    public Scored score(DataSet classes, List<Path> pictures, boolean skipBad, Phase phase, ProgressListener progress) {
        var areTrained = classes.classNames().equals(trainedClasses);
        if (!areTrained && !settings.knowsOtherClasses()) {
            throw new SkipTuningException(settings.method() + " knows only the " + trainedClasses.size()
                    + " classes that it was trained on (" + trainedClasses.getFirst()
                    + ", ...), in their order: ask for"
                    + " those, or train a method that takes any");
        }
        var options = new NativeOptions(settings, model);
        var texts = new ClassTexts(settings, model, classes);
        var count = classes.classNames().size();
        try (var cache = NativeCache.create(model.weights(), options.cache(0, count, Optional.empty()))) {
            texts.put(cache, progress);
            var others = areTrained ? OptionalInt.empty() : OptionalInt.of(trainedClasses.size());
            try (var trainer = NativeTrainer.create(
                    model.weights(),
                    Optional.of(cache),
                    options.trainer(texts, own.pictures(), own.hasSearched(), others))) {
                trainer.restore(own.tensors());
                return score(trainer, count, pictures, skipBad, phase, progress);
            }
        }
    }

    private Scored score(
            NativeTrainer trainer,
            int classes,
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
                            probabilities[first + i] = PictureScores.softmax(finite(row));
                        }
                        progress.onProgress(phase, first + count, paths.size());
                    });
            return new Scored(Arrays.copyOf(probabilities, paths.size() - bad.size()), bad);
        }
    }

    private float[] finite(float[] logits) {
        for (var logit : logits) {
            if (!Float.isFinite(logit)) {
                throw new SkipTuningException("The logits of " + settings.method()
                        + " aren't finite: training has left parameters of no use, so lower the learning rates"
                        + (settings.precision() == Precision.FP16 ? "; or use precision bf16 or fp32" : ""));
            }
        }
        return logits;
    }
}
