package org.skiptuning.parity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.skiptuning.parity.GoldenRun.longs;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.skiptuning.ffi.NativeCache;
import org.skiptuning.ffi.NativeContext;
import org.skiptuning.ffi.NativeModel;
import org.skiptuning.ffi.NativeTrainer;
import org.skiptuning.ffi.TensorView;

/** The core against tests/parity/training_features.py: the methods on features of the untouched towers. */
abstract class FeatureMethodParity {
    private static final List<String> METHODS = List.of(
            "clip-adapter",
            "tip-adapter",
            "tip-adapter-f",
            "linear-low-cost",
            "linear-high-cost",
            "linear-search",
            "lp++",
            "lp++-current");

    private final String device;
    private final double tolerance;

    FeatureMethodParity(String device, double tolerance) {
        this.device = device;
        this.tolerance = tolerance;
    }

    static List<List<String>> cases() {
        var all = new ArrayList<List<String>>();
        for (var shape : List.of("small", "wide")) {
            METHODS.forEach(method -> all.add(List.of(shape, method)));
        }
        return all;
    }

    @ParameterizedTest
    @MethodSource("cases")
    void stepsAndPredictionsAreThoseOfPlainPyTorch(List<String> shapeAndMethod) throws Exception {
        var name = shapeAndMethod.getLast();
        try (var golden = GoldenRun.open("features-" + shapeAndMethod.getFirst());
                var context = NativeContext.create(device, 2);
                NativeModel model = golden.model(context)) {
            var run = new MethodRuns(golden, name, tolerance);
            var tensors = golden.tensors();
            var labels = longs(tensors.get("labels"));
            var validationLabels = longs(tensors.get("validation_labels"));
            var views = run.settings().path("views").asInt(2);
            try (var cache = features(golden, model, tensors.get("pixels"), labels.length);
                    var pictures = features(golden, model, tensors.get("pixels"), views * labels.length);
                    var validation = features(golden, model, tensors.get("validation"), validationLabels.length);
                    var trainer = run.trainer(model, cache, false, options -> options)) {
                if (!name.equals("clip-adapter")) {
                    trainer.prepare(pictures, labels);
                }
                if (tensors.containsKey(name + ".losses") && !name.equals("tip-adapter-f")) {
                    run.begin(trainer);
                }
                steps(run, name, trainer, validation, validationLabels);
                compareChoice(run, name, trainer);
                run.compareLogits(
                        trainer,
                        tensors.get("tests"),
                        cache.texts(),
                        run.settings().path("logits_tolerance").asDouble(MethodRuns.LOGITS_TOLERANCE));
            }
        }
    }

    /** Fits, steps with a validation after each, or steps with one at the end. */
    private static void steps(
            MethodRuns run, String name, NativeTrainer trainer, NativeCache validation, long[] validationLabels) {
        if (name.startsWith("linear")) {
            for (var fit = 0; fit < run.settings().path("fits").asInt(1); fit++) {
                trainer.step(fit, new long[] {0}, new long[] {0}, 0, 0);
                trainer.validate(validation, validationLabels);
            }
        } else if (name.startsWith("lp++")) {
            run.train(trainer, 20, () -> trainer.validate(validation, validationLabels));
        } else if (!name.equals("tip-adapter")) {
            run.train(trainer, 20, () -> {});
        }
        if (name.startsWith("tip")) {
            trainer.validate(validation, validationLabels);
        }
    }

    private static void compareChoice(MethodRuns run, String name, NativeTrainer trainer) {
        var chosen = run.settings().get("chosen");
        var compared = 0;
        for (var tensor : trainer.state()) {
            if (tensor.name().equals("kept/cache.alpha_beta")) {
                compared++;
                assertThat(tensor.buffer().getDouble(0))
                        .isCloseTo(chosen.get("alpha").asDouble(), within(1e-9));
                assertThat(tensor.buffer().getDouble(Double.BYTES))
                        .isCloseTo(chosen.get("beta").asDouble(), within(1e-9));
            } else if (tensor.name().equals("kept/search")) {
                compared++;
                var chosenEnd = tensor.buffer().getDouble(7L * Double.BYTES) == 0 ? 4L : 3L;
                var cost = chosen.get("cost").asDouble();
                assertThat(tensor.buffer().getDouble(chosenEnd * Double.BYTES)).isCloseTo(cost, within(1e-9 * cost));
            } else if (tensor.name().equals("kept/best.accuracy")) {
                compared++;
                assertThat(tensor.buffer().getDouble(0))
                        .isCloseTo(chosen.get("accuracy").asDouble(), within(1e-9));
            }
        }
        assertThat(compared).isEqualTo(name.equals("clip-adapter") || name.endsWith("-cost") ? 0 : 1);
    }

    private static NativeCache features(GoldenRun golden, NativeModel model, TensorView pixels, int rows) {
        var tokens = golden.tensors().get("tokens");
        var cache = NativeCache.create(model, """
                {"images":%d,"texts":%d,"image_start":%d,"text_start":0}""".formatted(
                rows, tokens.shape()[0], golden.settings().get("image_layers").asInt()));
        cache.putImages(0, pixels.buffer(), rows);
        cache.putTexts(tokens.buffer(), tokens.shape()[0], tokens.shape()[1], (done, total) -> true);
        cache.putTeacherTexts(tokens.buffer(), tokens.shape()[0], tokens.shape()[1], true, (done, total) -> true);
        return cache;
    }
}
