package org.skiptuning.pretrain;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import org.skiptuning.SkipTuningException;
import org.skiptuning.TrainingInterruptedException;
import org.skiptuning.checkpoint.Tokenizer;
import org.skiptuning.data.bundled.BundledData;
import org.skiptuning.data.bundled.BundledPicture;
import org.skiptuning.ffi.NativeContext;
import org.skiptuning.ffi.NativeModel;
import org.skiptuning.ffi.NativeTrainer;
import org.skiptuning.ffi.NotUnitException;
import org.skiptuning.ffi.TensorView;
import tools.jackson.databind.json.JsonMapper;

/**
 * Contrastive pre-training (Radford et al., "Learning transferable visual models from natural language supervision",
 * 2021): in each step the pictures of a batch must find their captions and the captions their pictures.
 *
 * <p>A step depends on nothing but the weights, the optimizer's state and its number, so a run that goes on from a saved
 * state ends in the same bytes as one that was never stopped. Interrupting the thread stops after the step under way and
 * saves.
 */
public final class Pretraining {
    private static final String AVERAGE = "average/";
    private static final int LOSS_WINDOW = 50;
    /** Measured once, after the last step, and never used for a choice. */
    private static final List<String> TESTS =
            List.of("twemoji-200", "twemoji-all", "high-contrast-200", "high-contrast-all", "glyphs", "things");

    private final Recipe recipe;
    private final PretrainOptions options;
    private final PretrainListener listener;
    private final Corpus corpus;
    private final List<BundledPicture> validation;
    private final Map<String, List<BundledPicture>> tests;
    private final CaptionVocabulary vocabulary;
    private final RunFolder folder;

    private Pretraining(
            Recipe recipe,
            Corpus corpus,
            List<BundledPicture> validation,
            Map<String, List<BundledPicture>> tests,
            PretrainOptions options,
            PretrainListener listener,
            RunFolder folder) {
        this.recipe = recipe;
        this.options = options;
        this.listener = listener;
        this.corpus = corpus;
        this.validation = validation;
        this.tests = tests;
        var captions = new CaptionWriter(recipe.captions(), recipe.seed());
        this.vocabulary = new CaptionVocabulary(
                Tokenizer.clip(recipe.model().contextLength()), captions.all(new TreeSet<>(corpus.texts())));
        this.folder = folder;
    }

    /**
     * Runs to the recipe's last step.
     *
     * @throws TrainingInterruptedException when the thread is interrupted; the run can then be resumed
     * @throws SkipTuningException          if the folder holds a run already and {@code resume} isn't set
     */
    public static PretrainResult run(
            Recipe recipe, BundledData data, PretrainOptions options, PretrainListener listener) {
        Map<String, List<BundledPicture>> tests = new LinkedHashMap<>();
        TESTS.forEach(name -> tests.put(name, data.testPictures(name)));
        return run(recipe, Corpus.of(data), data.validationPictures(), tests, options, listener);
    }

    static PretrainResult run(
            Recipe recipe,
            Corpus corpus,
            List<BundledPicture> validation,
            Map<String, List<BundledPicture>> tests,
            PretrainOptions options,
            PretrainListener listener) {
        try (var folder = new RunFolder(options.output())) {
            return new Pretraining(recipe, corpus, validation, tests, options, listener, folder).run();
        }
    }

    private PretrainResult run() {
        if (folder.hasState() && !options.resume()) {
            throw new SkipTuningException(
                    folder.folder() + " holds a run already: resume it (--resume), or name another folder.");
        }
        try (var weights = InitialWeights.of(recipe.model(), vocabulary.size(), recipe.seed());
                var context = NativeContext.create(options.device(), options.threads());
                var model = NativeModel.create(context, modelJson(), weights.tensors());
                var trainer = NativeTrainer.create(model, Optional.empty(), trainerJson());
                var maker = new BatchMaker(recipe, corpus, vocabulary);
                var probe = new Probe(recipe, validation, corpus, vocabulary)) {
            var first = folder.hasState() ? folder.restoreState(trainer, recipe) : 0;
            folder.cutLog(first, first == recipe.steps());
            folder.writeSettings(recipe, vocabulary);
            return train(context, model, trainer, maker, probe, first);
        }
    }

    private PretrainResult train(
            NativeContext context, NativeModel model, NativeTrainer trainer, BatchMaker maker, Probe probe, int first) {
        var began = System.nanoTime();
        try (var queue = new BatchQueue(maker, first, recipe.steps())) {
            for (var step = first; step < recipe.steps(); step++) {
                var loss = step(trainer, queue, step, began);
                listener.onStep(step + 1, recipe.steps(), loss);
                var done = step + 1;
                if (done % options.probeEvery() == 0 && done < recipe.steps()) {
                    probe(context, model, trainer, probe, step);
                }
                if (done % options.saveEvery() == 0) {
                    folder.saveState(trainer, done, recipe);
                }
                stopIfInterrupted(trainer, done);
            }
        }
        var probed = probe(context, model, trainer, probe, recipe.steps() - 1);
        folder.saveState(trainer, recipe.steps(), recipe);
        return new PretrainResult(
                recipe.steps(),
                folder.meanLoss(LOSS_WINDOW),
                (System.nanoTime() - began) / 1e9,
                Math.max(probed.accuracy(), probed.averageAccuracy()),
                probed.averageIsBetter(),
                keepBetter(context, model, trainer, probed));
    }

    private double step(NativeTrainer trainer, BatchQueue queue, int step, long began) {
        var factor = recipe.rateFactor(step);
        try (var batch = queue.take()) {
            var loss = trainer.contrastiveStep(
                    step,
                    batch.pixels(),
                    batch.tokens(),
                    batch.length(),
                    batch.groups(),
                    recipe.matrixRate() * factor,
                    recipe.otherRate() * factor,
                    recipe.averageDecay());
            if (!Double.isFinite(loss)) {
                throw new SkipTuningException(
                        "The loss of step " + step + " isn't finite: lower the learning rates, or compute in fp32.");
            }
            Map<String, Object> line = new LinkedHashMap<>();
            line.put("step", step);
            line.put("loss", loss);
            line.put("rate", factor);
            line.put("seconds", Math.round((System.nanoTime() - began) / 1e6) / 1e3);
            folder.log(line);
            return loss;
        } catch (InterruptedException e) {
            folder.saveState(trainer, step, recipe);
            Thread.currentThread().interrupt();
            throw new TrainingInterruptedException("Stopped; resume with the same folder.", step);
        }
    }

    private void stopIfInterrupted(NativeTrainer trainer, int done) {
        if (Thread.currentThread().isInterrupted() && done < recipe.steps()) {
            folder.saveState(trainer, done, recipe);
            throw new TrainingInterruptedException("Stopped; resume with the same folder.", done);
        }
    }

    private record Probed(double accuracy, double averageAccuracy) {
        boolean averageIsBetter() {
            return averageAccuracy > accuracy;
        }
    }

    private Probed probe(NativeContext context, NativeModel model, NativeTrainer trainer, Probe probe, int step) {
        var raw = accuracy(model, probe, step);
        double averaged;
        try (var average = averaged(context, model, trainer)) {
            averaged = accuracy(average, probe, step);
        }
        Map<String, Object> line = new LinkedHashMap<>();
        line.put("step", step);
        line.put("validation_classes", probe.classes());
        line.put("validation_accuracy", raw);
        line.put("validation_accuracy_average", averaged);
        folder.log(line);
        listener.onProbe(step + 1, raw, averaged);
        return new Probed(raw, averaged);
    }

    private static double accuracy(NativeModel model, Probe probe, int step) {
        try {
            return probe.accuracy(model);
        } catch (NotUnitException ruined) {
            throw new SkipTuningException(
                    "Step " + step + " has left weights of no use: lower the learning rates, or compute in fp32.",
                    ruined);
        }
    }

    /** The model with the moving average of its weights. */
    private NativeModel averaged(NativeContext context, NativeModel model, NativeTrainer trainer) {
        Map<String, TensorView> tensors = new LinkedHashMap<>();
        model.tensors().forEach(tensor -> tensors.put(tensor.name(), tensor));
        for (var tensor : trainer.state()) {
            if (tensor.name().startsWith(AVERAGE)) {
                var name = tensor.name().substring(AVERAGE.length());
                tensors.put(
                        name, new TensorView(name, tensor.type(), tensor.shape(), tensor.strides(), tensor.buffer()));
            }
        }
        return NativeModel.create(context, modelJson(), List.copyOf(tensors.values()));
    }

    /** Saves the weights that the validation style prefers and measures them on the tests. */
    private Map<String, Double> keepBetter(
            NativeContext context, NativeModel model, NativeTrainer trainer, Probed probed) {
        if (!probed.averageIsBetter()) {
            return keep(model, "last");
        }
        try (var average = averaged(context, model, trainer)) {
            return keep(average, "average");
        }
    }

    private Map<String, Double> keep(NativeModel model, String weights) {
        folder.saveModel(
                model,
                Map.of(
                        "steps", Integer.toString(recipe.steps()),
                        "seed", Long.toString(recipe.seed()),
                        "weights", weights));
        Map<String, Double> accuracies = new LinkedHashMap<>();
        tests.forEach((name, pictures) -> {
            try (var test = new Probe(recipe, pictures, corpus, vocabulary)) {
                accuracies.put(name, test.accuracy(model));
            }
        });
        Map<String, Object> line = new LinkedHashMap<>();
        line.put("step", recipe.steps() - 1);
        line.put("weights", weights);
        line.put("test_accuracy", accuracies);
        folder.log(line);
        return accuracies;
    }

    private String modelJson() {
        var model = recipe.model();
        return JsonMapper.shared()
                .writeValueAsString(Map.of(
                        "embed_dim",
                        model.embedDim(),
                        "activation",
                        "quick_gelu",
                        "layer_norm_epsilon",
                        1e-5,
                        "end_of_text",
                        -1,
                        "image",
                        Map.of(
                                "size", model.imageSize(),
                                "patch", model.patch(),
                                "layers", model.imageLayers(),
                                "width", model.imageWidth(),
                                "heads", model.imageHeads(),
                                "mlp_width", 4 * model.imageWidth()),
                        "text",
                        Map.of(
                                "context", model.contextLength(),
                                "vocabulary", vocabulary.size(),
                                "layers", model.textLayers(),
                                "width", model.textWidth(),
                                "heads", model.textHeads(),
                                "mlp_width", 4 * model.textWidth())));
    }

    private String trainerJson() {
        return JsonMapper.shared()
                .writeValueAsString(Map.of(
                        "method", "contrastive",
                        "precision", recipe.precision(),
                        "optimizer",
                                Map.of(
                                        "name", "muon",
                                        "momentum", recipe.momentum(),
                                        "weight_decay", recipe.weightDecay(),
                                        "beta1", recipe.beta1(),
                                        "beta2", recipe.beta2(),
                                        "epsilon", 1e-8)));
    }
}
