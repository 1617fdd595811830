package org.skiptuning.parity;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.skiptuning.ffi.NativeCache;
import org.skiptuning.ffi.NativeContext;
import org.skiptuning.ffi.NativeModel;
import tools.jackson.databind.node.ObjectNode;

/** The core against tests/parity/training_prompts.py: the methods with trained prompts in plain PyTorch. */
abstract class PromptParity {
    private static final List<String> METHODS = List.of(
            "coop",
            "coop-words",
            "coop-middle",
            "coop-front",
            "coop-of-each-class",
            "kgcoop",
            "prograd",
            "cocoop",
            "maple",
            "promptsrc",
            "tcp",
            "dept");
    private static final List<String> OF_WHOLE_PICTURES = List.of("maple", "promptsrc");

    private final String device;
    /** Relative, of losses, gradients and trained tensors. */
    private final double tolerance;

    PromptParity(String device, double tolerance) {
        this.device = device;
        this.tolerance = tolerance;
    }

    /** Shape and method. */
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
        try (var golden = GoldenRun.open("prompts-" + shapeAndMethod.getFirst());
                var context = NativeContext.create(device, 2)) {
            for (var reference : List.of(false, true)) {
                var run = new MethodRuns(golden, shapeAndMethod.getLast(), tolerance);
                try (NativeModel model = golden.model(context);
                        var cache = filledCache(golden, run, shapeAndMethod.getLast(), model);
                        var trainer = run.trainer(model, cache, reference, options -> withPrompt(options, run))) {
                    run.begin(trainer);
                    run.train(trainer, 20, () -> {});
                    var pixels = golden.tensors().get("pixels");
                    run.compareLogits(trainer, pixels, cache.texts(), MethodRuns.LOGITS_TOLERANCE);
                }
            }
        }
    }

    private static ObjectNode withPrompt(ObjectNode options, MethodRuns run) {
        var settings = run.settings();
        var prompt = options.withObject("prompt");
        prompt.set("tokens", settings.get("tokens"));
        prompt.set("position", settings.get("position"));
        prompt.set("of_each_class", settings.get("of_each_class"));
        prompt.set("name_lengths", settings.get("name_lengths"));
        return options;
    }

    private static NativeCache filledCache(GoldenRun golden, MethodRuns run, String method, NativeModel model) {
        var tensors = golden.tensors();
        var pixels = tensors.get("pixels");
        var tokens = tensors.get(method + ".tokens");
        var teacher = tensors.get("teacher_tokens");
        var start = OF_WHOLE_PICTURES.contains(method)
                ? 0
                : golden.settings().get("image_layers").asInt();
        var shared = run.settings().get("of_each_class").asBoolean() ? ",\"most_shared\":1" : "";
        var cache = NativeCache.create(model, """
                {"images":%d,"texts":%d,"image_start":%d,"text_start":0%s}""".formatted(pixels.shape()[0], tokens.shape()[0], start, shared));
        cache.putImages(0, pixels.buffer(), pixels.shape()[0]);
        cache.putTexts(tokens.buffer(), tokens.shape()[0], tokens.shape()[1], (done, total) -> true);
        cache.putTeacherTexts(
                teacher.buffer(),
                teacher.shape()[0],
                teacher.shape()[1],
                run.settings().get("of_length_1").asBoolean(),
                (done, total) -> true);
        return cache;
    }
}
