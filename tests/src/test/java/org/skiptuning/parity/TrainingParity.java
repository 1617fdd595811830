package org.skiptuning.parity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.skiptuning.parity.GoldenRun.floats;
import static org.skiptuning.parity.GoldenRun.longs;
import static org.skiptuning.parity.GoldenRun.relativeDifference;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.skiptuning.Precision;
import org.skiptuning.ffi.ElementType;
import org.skiptuning.ffi.NativeBuffer;
import org.skiptuning.ffi.NativeCache;
import org.skiptuning.ffi.NativeContext;
import org.skiptuning.ffi.NativeModel;
import org.skiptuning.ffi.NativeTrainer;
import org.skiptuning.ffi.TensorView;
import tools.jackson.databind.JsonNode;

/**
 * The core against tests/parity/training_skip_tuning.py: a plain PyTorch Skip Tuning on open_clip's towers. Its golden
 * files hold a tiny model, the data, and what twenty steps make of it.
 */
abstract class TrainingParity {
    private static final String AFTER = "after.";

    private final String device;
    /** Relative, of losses and of trained tensors. */
    private final double tolerance;

    TrainingParity(String device, double tolerance) {
        this.device = device;
        this.tolerance = tolerance;
    }

    @ParameterizedTest
    @ValueSource(strings = {"quick-gelu-run-mask", "gelu-step-mask", "full"})
    void featuresLossesKeptClassesAndWeightsAreThoseOfPlainPyTorch(String name) throws Exception {
        for (var reference : List.of(false, true)) {
            compare(name, reference);
        }
    }

    private void compare(String name, boolean reference) throws Exception {
        try (var golden = GoldenRun.open(name);
                var context = NativeContext.create(device, 2);
                var model = golden.model(context)) {
            compareFeatures(model, golden.tensors());
            compareTraining(model, golden.tensors(), golden.settings(), reference);
        }
    }

    private static void compareFeatures(NativeModel model, Map<String, TensorView> tensors) {
        var pixels = tensors.get("pixels");
        var tokens = tensors.get("tokens");
        var expectedImages = tensors.get("image_features");
        var expectedTexts = tensors.get("text_features");
        try (var images = NativeBuffer.allocate(expectedImages.buffer().size());
                var texts = NativeBuffer.allocate(expectedTexts.buffer().size())) {
            model.encodeImages(Precision.FP32, pixels.buffer(), pixels.shape()[0], images);
            model.encodeTexts(Precision.FP32, tokens.buffer(), tokens.shape()[0], tokens.shape()[1], texts);
            assertThat(floats(images)).containsExactly(floats(expectedImages.buffer()), within(2e-6f));
            assertThat(floats(texts)).containsExactly(floats(expectedTexts.buffer()), within(2e-6f));
        }
    }

    private void compareTraining(
            NativeModel model, Map<String, TensorView> tensors, JsonNode settings, boolean reference) {
        var pixels = tensors.get("pixels");
        var tokens = tensors.get("tokens");
        int steps = settings.get("steps").asInt();
        int batch = settings.get("batch").asInt();
        int classes = settings.get("classes").asInt();
        var cacheOptions = """
                {"images":%d,"texts":%d,"image_start":%d,"text_start":%d,"precision":"fp32","storage":"fp32"}""".formatted(
                        pixels.shape()[0],
                        classes,
                        settings.get("image_start").asInt(),
                        settings.get("text_start").asInt());
        var trainerOptions = """
                {"method":"skip","precision":"fp32","reference":%b,
                 "optimizer":{"name":"sgd","momentum":0.9,"weight_decay":5e-4},
                 "selection":{"top_ratio":%s,"max_classes":0,"lambda":%s,"mask":"%s","seed":%d}}""".formatted(
                        reference,
                        settings.get("top_ratio"),
                        settings.get("lambda"),
                        settings.get("mask").asString(),
                        settings.get("seed").asInt());
        try (var cache = NativeCache.create(model, cacheOptions)) {
            cache.putImages(0, pixels.buffer(), pixels.shape()[0]);
            cache.putTexts(tokens.buffer(), classes, tokens.shape()[1], (done, total) -> true);
            try (var trainer = NativeTrainer.create(model, Optional.of(cache), trainerOptions)) {
                for (int step = 0; step < steps; step++) {
                    var result = trainer.step(
                            step,
                            longs(tensors.get("rows").buffer(), step * batch, batch),
                            longs(tensors.get("labels").buffer(), step * batch, batch),
                            settings.get("text_rate").asDouble(),
                            settings.get("image_rate").asDouble());
                    double expected = tensors.get("losses").buffer().getDouble(8L * step);
                    assertThat(result.loss())
                            .as("loss of step %d", step)
                            .isCloseTo(expected, within(tolerance * expected));
                    var kept = longs(tensors.get("kept").buffer(), step * classes, classes);
                    assertThat(result.keptClasses())
                            .as("kept classes of step %d", step)
                            .containsExactly(Arrays.stream(kept)
                                    .filter(index -> index >= 0)
                                    .toArray());
                }
                compareWeights(model, tensors);
            }
        }
    }

    private void compareWeights(NativeModel model, Map<String, TensorView> tensors) {
        for (var tensor : model.tensors()) {
            var trained = tensors.get(AFTER + tensor.name());
            var expected = trained != null ? trained : tensors.get(GoldenRun.MODEL + tensor.name());
            try (var found = NativeBuffer.allocate(expected.buffer().size())) {
                model.readTensor(tensor.name(), ElementType.FLOAT32, found);
                assertThat(relativeDifference(floats(found), floats(expected.buffer())))
                        .as(tensor.name())
                        .isLessThanOrEqualTo(trained != null ? tolerance : 0);
            }
        }
    }
}
