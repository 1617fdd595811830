package org.skiptuning.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.skiptuning.Precision;
import org.skiptuning.ffi.NativeBuffer;
import org.skiptuning.ffi.NativeContext;
import org.skiptuning.ffi.NativeModel;
import tools.jackson.databind.JsonNode;

/** Each format, through the core: both towers' features are those of open_clip and transformers. */
abstract class FeatureParity {
    /** Of features of length 1. */
    private static final float TOLERANCE = 1e-5f;

    private final String device;

    FeatureParity(String device) {
        this.device = device;
    }

    @ParameterizedTest
    @ValueSource(strings = {"openai", "open_clip", "custom_text", "hugging_face"})
    void featuresAreThoseOfTheTool(String name) {
        var expected = Golden.json("expected.json").get(name);
        try (var checkpoint = Checkpoint.open(Golden.path(name), Optional.empty());
                var context = NativeContext.create(device, 1);
                var model =
                        NativeModel.create(context, checkpoint.configuration().toNativeJson(), checkpoint.tensors())) {
            assertImages(model, expected);
            assertTexts(model, expected);
        }
    }

    /** Pixels are a formula: see pixels() in checkpoint_files.py. */
    private static void assertImages(NativeModel model, JsonNode expected) {
        int size = expected.get("image_size").asInt();
        var images = expected.get("images");
        int values = images.size() * 3 * size * size;
        try (var pixels = NativeBuffer.allocate(4L * values)) {
            for (int index = 0; index < values; index++) {
                pixels.putFloat(4L * index, (float) Math.sin(index * 0.37));
            }
            try (var features =
                    NativeBuffer.allocate(4L * images.size() * images.get(0).size())) {
                model.encodeImages(Precision.FP32, pixels, images.size(), features);
                assertFeatures(features, images);
            }
        }
    }

    private static void assertTexts(NativeModel model, JsonNode expected) {
        var tokens = expected.get("tokens");
        var texts = expected.get("texts");
        int length = tokens.get(0).size();
        try (var ids = NativeBuffer.allocate(8L * texts.size() * length);
                var features =
                        NativeBuffer.allocate(4L * texts.size() * texts.get(0).size())) {
            for (int index = 0; index < texts.size() * length; index++) {
                ids.putLong(
                        8L * index,
                        tokens.get(index / length).get(index % length).asLong());
            }
            model.encodeTexts(Precision.FP32, ids, texts.size(), length, features);
            assertFeatures(features, texts);
        }
    }

    private static void assertFeatures(NativeBuffer features, JsonNode expected) {
        int length = expected.get(0).size();
        for (int row = 0; row < expected.size(); row++) {
            for (int index = 0; index < length; index++) {
                assertThat(features.getFloat(4L * (row * length + index)))
                        .isCloseTo((float) expected.get(row).get(index).asDouble(), within(TOLERANCE));
            }
        }
    }
}
