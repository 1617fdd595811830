package org.skiptuning.parity;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.skiptuning.checkpoint.SafetensorsFile;
import org.skiptuning.ffi.NativeBuffer;
import org.skiptuning.ffi.NativeContext;
import org.skiptuning.ffi.NativeModel;
import org.skiptuning.ffi.TensorView;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A golden file of training: a tiny model, the data, and what the Python reference made of them. */
final class GoldenRun implements AutoCloseable {
    /** Before the names of the model's tensors. */
    static final String MODEL = "model.";

    private final SafetensorsFile file;
    private final Map<String, TensorView> tensors = new LinkedHashMap<>();

    private GoldenRun(SafetensorsFile file) {
        this.file = file;
        file.tensors().forEach(tensor -> tensors.put(tensor.name(), tensor));
    }

    static GoldenRun open(String name) throws Exception {
        var path = Path.of(GoldenRun.class
                .getResource("/golden/training/" + name + ".safetensors")
                .toURI());
        return new GoldenRun(SafetensorsFile.open(path));
    }

    Map<String, TensorView> tensors() {
        return tensors;
    }

    JsonNode settings() {
        return json("case");
    }

    JsonNode json(String key) {
        return JsonMapper.shared().readTree(file.metadata().get(key));
    }

    NativeModel model(NativeContext context) {
        var weights = tensors.values().stream()
                .filter(tensor -> tensor.name().startsWith(MODEL))
                .map(tensor -> new TensorView(
                        tensor.name().substring(MODEL.length()),
                        tensor.type(),
                        tensor.shape(),
                        tensor.strides(),
                        tensor.buffer()))
                .toList();
        return NativeModel.create(context, configuration(settings()), weights);
    }

    private static String configuration(JsonNode settings) {
        var imageWidth = settings.path("image_width").asInt(16);
        var textWidth = settings.path("text_width").asInt(12);
        return """
                {"embed_dim":12,"activation":"%s","layer_norm_epsilon":1e-5,"end_of_text":-1,
                 "image":{"size":24,"patch":8,"layers":%d,"width":%d,"heads":%d,"mlp_width":%d},
                 "text":{"context":%d,"vocabulary":30,"layers":%d,"width":%d,"heads":%d,"mlp_width":%d}}""".formatted(
                        settings.get("activation").asString(),
                        settings.get("image_layers").asInt(),
                        imageWidth,
                        imageWidth / 8,
                        4 * imageWidth,
                        settings.path("context").asInt(8),
                        settings.get("text_layers").asInt(),
                        textWidth,
                        settings.path("heads").asInt(3),
                        4 * textWidth);
    }

    static double relativeDifference(float[] found, float[] expected) {
        double difference = 0;
        double size = 0;
        for (int i = 0; i < expected.length; i++) {
            difference += Math.pow(found[i] - expected[i], 2);
            size += Math.pow(expected[i], 2);
        }
        return size == 0 ? Math.sqrt(difference) : Math.sqrt(difference / size);
    }

    static float[] floats(NativeBuffer buffer) {
        var values = new float[Math.toIntExact(buffer.size() / Float.BYTES)];
        buffer.getFloats(0, values, 0, values.length);
        return values;
    }

    static long[] longs(TensorView tensor) {
        return longs(tensor.buffer(), 0, Math.toIntExact(tensor.elements()));
    }

    static long[] longs(NativeBuffer buffer, int first, int count) {
        var values = new long[count];
        buffer.getLongs((long) first * Long.BYTES, values, 0, count);
        return values;
    }

    @Override
    public void close() {
        file.close();
    }
}
