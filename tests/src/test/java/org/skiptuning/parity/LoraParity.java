package org.skiptuning.parity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.skiptuning.parity.GoldenRun.floats;
import static org.skiptuning.parity.GoldenRun.longs;
import static org.skiptuning.parity.GoldenRun.relativeDifference;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.skiptuning.ffi.NativeBuffer;
import org.skiptuning.ffi.NativeCache;
import org.skiptuning.ffi.NativeContext;
import org.skiptuning.ffi.NativeModel;
import org.skiptuning.ffi.NativeTrainer;
import tools.jackson.databind.JsonNode;

/** The core against tests/parity/training_lora.py: a plain PyTorch CLIP-LoRA on open_clip's weights. */
abstract class LoraParity {
    private static final String OWN = "own/";

    private final String device;
    /** Relative, of losses, of A and B, and of their gradients. */
    private final double tolerance;

    LoraParity(String device, double tolerance) {
        this.device = device;
        this.tolerance = tolerance;
    }

    @ParameterizedTest
    @ValueSource(strings = {"adamw", "dropout"})
    void lossesAndAdditionsAreThoseOfPlainPyTorch(String name) throws Exception {
        try (var golden = GoldenRun.open("lora");
                var context = NativeContext.create(device, 2)) {
            int last = golden.json("cases").get(name).get("steps").asInt() - 1;
            for (boolean reference : List.of(false, true)) {
                var additions = train(golden, context, name, reference).get(last);
                assertThat(additions).hasSize(2 * 2 * 3);
                additions.forEach(
                        (own, values) -> assertThat(relativeDifference(values, golden(golden, name, last, own)))
                                .as(own)
                                .isLessThanOrEqualTo(tolerance));
            }
        }
    }

    /** Plain SGD without decay takes the rate times the gradient away. */
    @Test
    void gradientsAreThoseOfPlainPyTorch() throws Exception {
        try (var golden = GoldenRun.open("lora");
                var context = NativeContext.create(device, 2)) {
            for (boolean reference : List.of(false, true)) {
                var after = train(golden, context, "sgd", reference);
                for (int step = 1; step < after.size(); step++) {
                    for (var own : after.get(step).keySet()) {
                        var found = change(
                                after.get(step - 1).get(own), after.get(step).get(own));
                        var expected = change(golden(golden, "sgd", step - 1, own), golden(golden, "sgd", step, own));
                        assertThat(relativeDifference(found, expected))
                                .as("%s in step %d", own, step)
                                .isLessThanOrEqualTo(tolerance);
                    }
                }
            }
        }
    }

    /** A and B by name after each step, whose losses are compared on the way. */
    private List<Map<String, float[]>> train(GoldenRun golden, NativeContext context, String name, boolean reference) {
        var settings = golden.json("cases").get(name);
        var tensors = golden.tensors();
        var pixels = tensors.get("pixels");
        var tokens = tensors.get("tokens");
        long classes = tokens.shape()[0];
        var cacheOptions = """
                {"images":%d,"texts":%d,"image_start":0,"text_start":0}""".formatted(pixels.shape()[0], classes);
        try (NativeModel model = golden.model(context);
                var cache = NativeCache.create(model, cacheOptions)) {
            cache.putImages(0, pixels.buffer(), pixels.shape()[0]);
            cache.putTexts(tokens.buffer(), Math.toIntExact(classes), tokens.shape()[1], (done, total) -> true);
            try (var trainer = NativeTrainer.create(model, Optional.of(cache), options(settings, reference))) {
                var after = new ArrayList<Map<String, float[]>>();
                for (int step = 0; step < settings.get("steps").asInt(); step++) {
                    var rows = longs(tensors.get("rows").buffer(), 4 * step, 4);
                    var labels = new long[rows.length];
                    for (int i = 0; i < rows.length; i++) {
                        labels[i] = tensors.get("labels").buffer().getLong(Long.BYTES * rows[i]);
                    }
                    double rate = settings.get("rate").asDouble();
                    double loss = trainer.step(step, rows, labels, rate, rate).loss();
                    double expected = tensors.get(name + ".losses").buffer().getDouble((long) Double.BYTES * step);
                    assertThat(loss).as("loss of step %d", step).isCloseTo(expected, within(tolerance * expected));
                    after.add(additions(trainer));
                }
                return after;
            }
        }
    }

    private static String options(JsonNode settings, boolean reference) {
        var optimizer = settings.get("optimizer").asString();
        return """
                {"method":"lora","precision":"fp32","reference":%b,
                 "optimizer":{"name":"%s","momentum":0,"weight_decay":%s},
                 "low_rank":{"rank":%d,"alpha":%s,"dropout":%s,"seed":%d}}""".formatted(
                        reference,
                        optimizer,
                        optimizer.equals("adamw") ? "0.01" : "0",
                        settings.get("rank").asInt(),
                        settings.get("alpha"),
                        settings.get("dropout"),
                        settings.get("seed").asInt());
    }

    private static Map<String, float[]> additions(NativeTrainer trainer) {
        var additions = new LinkedHashMap<String, float[]>();
        for (var tensor : trainer.state()) {
            if (tensor.name().startsWith(OWN)) {
                var values = new float[Math.toIntExact(tensor.elements())];
                tensor.buffer().getFloats(0, values, 0, values.length);
                additions.put(tensor.name().substring(OWN.length()), values);
            }
        }
        return additions;
    }

    private static float[] golden(GoldenRun golden, String name, int step, String own) {
        NativeBuffer buffer =
                golden.tensors().get(name + "." + step + "." + own).buffer();
        return floats(buffer);
    }

    private static float[] change(float[] before, float[] after) {
        var change = new float[before.length];
        for (int i = 0; i < change.length; i++) {
            change[i] = after[i] - before[i];
        }
        return change;
    }
}
