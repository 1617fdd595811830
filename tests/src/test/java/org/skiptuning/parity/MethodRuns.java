package org.skiptuning.parity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.skiptuning.parity.GoldenRun.floats;
import static org.skiptuning.parity.GoldenRun.longs;
import static org.skiptuning.parity.GoldenRun.relativeDifference;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.skiptuning.ffi.NativeBuffer;
import org.skiptuning.ffi.NativeCache;
import org.skiptuning.ffi.NativeModel;
import org.skiptuning.ffi.NativeTrainer;
import org.skiptuning.ffi.TensorView;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** What the parity tests of the methods do alike: a case's trainer with the golden first values, its steps compared. */
final class MethodRuns {
    static final double LOGITS_TOLERANCE = 1e-5;

    private static final String OWN = "own/";
    private static final int BATCH = 4;
    private static final int[] KEPT_STEPS = {0, 1, 19};

    private final GoldenRun golden;
    private final String name;
    private final JsonNode settings;
    private final double tolerance;

    MethodRuns(GoldenRun golden, String name, double tolerance) {
        this.golden = golden;
        this.name = name;
        this.settings = golden.json("cases").get(name);
        this.tolerance = tolerance;
    }

    JsonNode settings() {
        return settings;
    }

    /** The case's trainer, with plain SGD. */
    NativeTrainer trainer(
            NativeModel model, NativeCache cache, boolean reference, UnaryOperator<ObjectNode> completed) {
        var options = JsonMapper.shared().createObjectNode();
        options.put("method", settings.get("method").asString())
                .put("precision", "fp32")
                .put("reference", reference);
        options.putObject("optimizer").put("name", "sgd").put("momentum", 0).put("weight_decay", 0);
        for (var part : new String[] {"prompt", "teacher", "decoupling", "picture_cache", "probe"}) {
            if (settings.has(part)) {
                options.set(part, settings.get(part).deepCopy());
            }
        }
        return NativeTrainer.create(
                model, Optional.of(cache), completed.apply(options).toString());
    }

    /** Puts the golden first values in the place of those that the trainer drew. */
    void begin(NativeTrainer trainer) {
        var saved = new LinkedHashMap<String, TensorView>();
        for (var tensor : trainer.state()) {
            if (tensor.name().startsWith(OWN) || tensor.name().startsWith("kept/")) {
                saved.put(tensor.name(), tensor);
            }
        }
        golden.tensors().forEach((key, tensor) -> {
            var prefix = name + ".first.";
            if (key.startsWith(prefix)) {
                var own = OWN + key.substring(prefix.length());
                assertThat(saved).containsKey(own);
                saved.put(own, new TensorView(own, tensor.type(), tensor.shape(), tensor.strides(), tensor.buffer()));
            }
        });
        trainer.restore(saved.values().stream().toList());
    }

    /** Steps, whose losses and, where the golden file has them, trained tensors are compared. */
    void train(NativeTrainer trainer, int steps, Runnable afterEach) {
        var tensors = golden.tensors();
        var rate = settings.path("rate").asDouble(0);
        for (var step = 0; step < steps; step++) {
            var rows = longs(tensors.get("rows").buffer(), BATCH * step, BATCH);
            var labels = new long[rows.length];
            for (var i = 0; i < rows.length; i++) {
                labels[i] = tensors.get("labels").buffer().getLong(Long.BYTES * rows[i]);
            }
            var loss = trainer.step(step, rows, labels, rate, 6.5 * rate).loss();
            var expected = tensors.get(name + ".losses").buffer().getDouble((long) Double.BYTES * step);
            assertThat(loss).as("loss of step %d", step).isCloseTo(expected, within(tolerance * Math.abs(expected)));
            compareTensors(trainer, step);
            afterEach.run();
        }
    }

    private void compareTensors(NativeTrainer trainer, int step) {
        for (var kept : KEPT_STEPS) {
            if (kept == step) {
                own(trainer).forEach((own, values) -> {
                    var expected = floats(
                            golden.tensors().get(name + "." + step + "." + own).buffer());
                    assertThat(relativeDifference(values, expected))
                            .as("%s after step %d", own, step)
                            .isLessThanOrEqualTo(tolerance);
                    if (step == 0) {
                        compareChange(own, values, expected);
                    }
                });
            }
        }
    }

    /** The first step's change is the rate times the gradient. */
    private void compareChange(String own, float[] found, float[] expected) {
        var first = floats(golden.tensors().get(name + ".first." + own).buffer());
        var foundChange = new float[first.length];
        var expectedChange = new float[first.length];
        var size = 0.0;
        for (var i = 0; i < first.length; i++) {
            foundChange[i] = found[i] - first[i];
            expectedChange[i] = expected[i] - first[i];
            size += (double) first[i] * first[i];
        }
        // A change is known to the rounding of what changes.
        var rounding = Math.sqrt(size) * Math.ulp(1f);
        var change = 0.0;
        for (var value : expectedChange) {
            change += (double) value * value;
        }
        assertThat(relativeDifference(foundChange, expectedChange))
                .as("gradient of %s", own)
                .isLessThanOrEqualTo(tolerance + (change == 0 ? rounding : rounding / Math.sqrt(change)));
    }

    static Map<String, float[]> own(NativeTrainer trainer) {
        var all = new LinkedHashMap<String, float[]>();
        for (var tensor : trainer.state()) {
            if (tensor.name().startsWith(OWN)) {
                var values = new float[Math.toIntExact(tensor.elements())];
                tensor.buffer().getFloats(0, values, 0, values.length);
                all.put(tensor.name().substring(OWN.length()), values);
            }
        }
        return all;
    }

    /** The logits of pictures against the golden ones. */
    void compareLogits(NativeTrainer trainer, TensorView pixels, long classes, double logitsTolerance) {
        var count = pixels.shape()[0];
        try (var logits = NativeBuffer.allocate(count * classes * Float.BYTES)) {
            trainer.logits(pixels.buffer(), count, logits);
            assertThat(relativeDifference(
                            floats(logits),
                            floats(golden.tensors().get(name + ".logits").buffer())))
                    .as("logits")
                    .isLessThanOrEqualTo(logitsTolerance);
        }
    }
}
