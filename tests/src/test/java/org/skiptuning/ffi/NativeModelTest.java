package org.skiptuning.ffi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.skiptuning.Precision;
import org.skiptuning.SkipTuningException;

class NativeModelTest {
    @Test
    void readsBackItsWeightsAndSizes() {
        try (var context = TinyClip.context();
                var weights = TinyClip.weights();
                var model = NativeModel.create(context, TinyClip.CONFIGURATION, weights.tensors())) {
            assertThat(model.shape()).isEqualTo(new NativeModel.Shape(8, 8, 6, 20));
            var tensors = model.tensors();
            assertThat(tensors)
                    .extracting(TensorView::name)
                    .containsExactlyElementsOf(TinyClip.shapes().keySet());
            for (int index = 0; index < tensors.size(); index++) {
                assertThat(bytes(tensors.get(index)))
                        .isEqualTo(bytes(weights.tensors().get(index)));
            }
            try (var target = NativeBuffer.allocate(16 * 8 * 2)) {
                model.readTensor("visual.proj", ElementType.BFLOAT16, target);
                int expected = tensors.stream()
                        .filter(t -> t.name().equals("visual.proj"))
                        .findFirst()
                        .orElseThrow()
                        .buffer()
                        .getInt(0);
                assertThat(Short.toUnsignedInt(target.getShort(0)) - (expected >>> 16))
                        .isBetween(0, 1);
                assertThatThrownBy(() -> model.readTensor("visual.proj", ElementType.FLOAT32, target))
                        .isInstanceOf(IllegalArgumentException.class)
                        .hasMessage("The tensor visual.proj needs 512 bytes, not 256");
                assertThatThrownBy(() -> model.readTensor("nothing", ElementType.FLOAT32, target))
                        .isInstanceOf(IllegalArgumentException.class)
                        .hasMessageContaining("nothing");
            }
        }
    }

    @Test
    void featuresHaveLengthOneAndGiveLogits() {
        try (var context = TinyClip.context();
                var model = TinyClip.model(context);
                var pixels = TinyClip.pixels(3);
                var tokens = TinyClip.tokens(2);
                var images = NativeBuffer.allocate(3 * 8 * 4);
                var texts = NativeBuffer.allocate(2 * 8 * 4);
                var logits = NativeBuffer.allocate(3 * 2 * 4)) {
            model.encodeImages(Precision.FP32, pixels, 3, images);
            model.encodeTexts(Precision.FP32, tokens, 2, 6, texts);
            model.logits(images, 3, texts, 2, logits);
            float scale = scale(model);
            for (int image = 0; image < 3; image++) {
                assertThat(dot(images, image, images, image)).isCloseTo(1, org.assertj.core.data.Offset.offset(1e-5));
                for (int text = 0; text < 2; text++) {
                    assertThat((double) logits.getFloat(4L * (image * 2 + text)))
                            .isCloseTo(
                                    scale * dot(images, image, texts, text), org.assertj.core.data.Offset.offset(1e-5));
                }
            }
        }
    }

    @Test
    void buffersOfTheWrongSizeAreRefused() {
        try (var context = TinyClip.context();
                var model = TinyClip.model(context);
                var pixels = TinyClip.pixels(1);
                var tokens = TinyClip.tokens(1);
                var features = NativeBuffer.allocate(8 * 4)) {
            assertThatThrownBy(() -> model.encodeImages(Precision.FP32, pixels, 2, features))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("The buffer of the pixels has 768 bytes; [2, 3, 8, 8] needs 1536");
            assertThatThrownBy(() -> model.encodeTexts(Precision.FP32, tokens, 1, 7, features))
                    .hasMessage("A text of 7 tokens; this model takes 1 to 6");
            assertThatThrownBy(() -> model.encodeImages(Precision.FP32, pixels, -1, features))
                    .isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> model.encodeImages(Precision.FP32, pixels, 0, features))
                    .isInstanceOf(IllegalArgumentException.class);
            tokens.putLong(8, 20);
            assertThatThrownBy(() -> model.encodeTexts(Precision.FP32, tokens, 1, 6, features))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("The token 20 is not in 0..19");
        }
    }

    @Test
    void badWeightsAreNamedInOneLine() {
        try (var context = TinyClip.context();
                var weights = TinyClip.weights()) {
            var missing = new ArrayList<>(weights.tensors());
            missing.removeIf(tensor -> tensor.name().equals("ln_final.bias"));
            assertThatThrownBy(() -> NativeModel.create(context, TinyClip.CONFIGURATION, missing))
                    .isInstanceOf(SkipTuningException.class)
                    .hasMessageContaining("ln_final.bias")
                    .message()
                    .doesNotContain("\n");

            var twice = new ArrayList<>(weights.tensors());
            twice.add(twice.getFirst());
            assertThatThrownBy(() -> NativeModel.create(context, TinyClip.CONFIGURATION, twice))
                    .isInstanceOf(SkipTuningException.class)
                    .hasMessage("the tensor " + twice.getFirst().name() + " occurs twice");

            var last = weights.tensors().getLast();
            last.buffer().putFloat(0, Float.NaN);
            assertThatThrownBy(() -> NativeModel.create(context, TinyClip.CONFIGURATION, weights.tensors()))
                    .isInstanceOf(SkipTuningException.class)
                    .hasMessageContaining(last.name());
        }
    }

    @Test
    void optionsAreCheckedByKey() {
        try (var context = TinyClip.context()) {
            String good = TinyClip.CONFIGURATION;
            refuses(context, good.replace("\"embed_dim\":8", "\"embed_dims\":8"), "configuration.embed_dim is missing");
            refuses(
                    context,
                    good.replace("{\"embed", "{\"colour\":1,\"embed"),
                    "configuration.colour is an unknown key");
            refuses(
                    context,
                    good.replace("\"heads\":3", "\"heads\":5"),
                    "configuration.text.heads must be a divisor of the width");
            refuses(
                    context,
                    good.replace("\"heads\":3", "\"heads\":\"3\""),
                    "configuration.text.heads must be an integer");
            refuses(context, good.replace("quick_gelu", "relu"), "configuration.activation must be gelu or quick_gelu");
            refuses(
                    context,
                    good.replace("\"layers\":2", "\"layers\":0"),
                    "configuration.image.layers must be from 1 to 2^20");
            refuses(context, "{", "configuration is not JSON: Missing a name for object member. At byte 1");
            refuses(context, "[]", "configuration is not a JSON object");
            refuses(
                    context,
                    good.replace("{\"embed_dim\":8", "{\"embed_dim\":8,\"embed_dim\":8"),
                    "configuration.embed_dim occurs twice");
        }
    }

    @Test
    void unavailableDevicesAreNotReplaced() {
        assertThatThrownBy(() -> NativeContext.create("cuda:99", 1))
                .isInstanceOf(SkipTuningException.class)
                .hasMessageStartingWith("There is no device cuda:99");
        assertThatThrownBy(() -> NativeContext.create("gpu", 1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> NativeContext.create("cpu", -1)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void useAfterCloseIsAnIllegalState() {
        try (var context = TinyClip.context();
                var pixels = TinyClip.pixels(1);
                var features = NativeBuffer.allocate(8 * 4)) {
            var model = TinyClip.model(context);
            var view = model.tensors().getFirst().buffer();
            model.close();
            model.close();
            assertThatThrownBy(() -> model.encodeImages(Precision.FP32, pixels, 1, features))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage("The model is closed");
            assertThatThrownBy(model::fork).isInstanceOf(IllegalStateException.class);
            assertThatThrownBy(model::tensors).isInstanceOf(IllegalStateException.class);
            assertThatThrownBy(() -> view.getFloat(0)).isInstanceOf(IllegalStateException.class);
            assertThatThrownBy(() -> TinyClip.cache(model, 1, 1)).isInstanceOf(IllegalStateException.class);

            try (var other = TinyClip.model(context)) {
                pixels.close();
                assertThatThrownBy(() -> other.encodeImages(Precision.FP32, pixels, 1, features))
                        .isInstanceOf(IllegalStateException.class);
            }
        }
        var closed = TinyClip.context();
        closed.close();
        assertThatThrownBy(() -> TinyClip.model(closed)).isInstanceOf(IllegalStateException.class);
    }

    /** The model uses fp32 weights in place: they, and the context, must outlive their own close. */
    @Test
    void whatIsNeededOutlivesItsClose() {
        var context = TinyClip.context();
        var weights = TinyClip.weights();
        var model = NativeModel.create(context, TinyClip.CONFIGURATION, weights.tensors());
        byte[] before = encoded(model);
        var fork = model.fork();
        context.close();
        weights.close();
        model.close();
        assertThatThrownBy(() -> weights.buffer().getByte(0)).isInstanceOf(IllegalStateException.class);
        assertThat(encoded(fork)).isEqualTo(before);
        fork.close();
        assertThatThrownBy(() -> weights.buffer().heldSegment().get(Layouts.BYTE, 0))
                .isInstanceOf(IllegalStateException.class);
    }

    @Test
    void closeDuringCallsIsHarmless() throws Exception {
        try (var threads = Executors.newFixedThreadPool(4);
                var context = TinyClip.context();
                var pixels = TinyClip.pixels(64)) {
            for (int round = 0; round < 20; round++) {
                var model = TinyClip.model(context);
                var started = new CountDownLatch(4);
                var workers = new ArrayList<Future<Integer>>();
                for (int worker = 0; worker < 4; worker++) {
                    workers.add(threads.submit(() -> encodeUntilClosed(model, pixels, started)));
                }
                started.await();
                model.close();
                for (var worker : workers) {
                    assertThat(worker.get()).isPositive();
                }
            }
        }
    }

    @Test
    void twoModelsWorkSideBySide() throws Exception {
        try (var threads = Executors.newFixedThreadPool(4);
                var one = NativeContext.create("cpu", 1);
                var two = NativeContext.create("cpu", 2);
                var first = TinyClip.model(one);
                var second = TinyClip.model(two)) {
            byte[] expected = encoded(first);
            var results = new ArrayList<Future<byte[]>>();
            for (int call = 0; call < 64; call++) {
                var model = call % 2 == 0 ? first : second;
                results.add(threads.submit(() -> encoded(model)));
            }
            for (var result : results) {
                assertThat(result.get()).isEqualTo(expected);
            }
        }
    }

    @Test
    void thousandsOfHandlesLeaveNothingBehind() throws Throwable {
        try (var context = TinyClip.context()) {
            createAndClose(context, 1_000);
            long allocated = context.allocatedBytes();
            assertThat(MallocFigures.leastGrowth(() -> createAndClose(context, 10_000)))
                    .isLessThan(8L << 20);
            assertThat(context.allocatedBytes()).isEqualTo(allocated);
        }
    }

    @Test
    void countsMemory() {
        try (var context = TinyClip.context();
                var weights = TinyClip.weights()) {
            long before = context.allocatedBytes();
            context.resetPeak();
            assertThat(context.peakBytes()).isEqualTo(before);
            try (var model = NativeModel.create(context, TinyClip.CONFIGURATION, weights.tensors())) {
                encoded(model);
                assertThat(context.peakBytes()).isGreaterThan(before + 3 * 8 * 8 * 4);
            }
            assertThat(context.allocatedBytes()).isEqualTo(before);
        }
    }

    @Test
    void describesItself() {
        assertThat(NativeLibrary.buildInfo()).contains("\"abi\":1", "\"libtorch\":\"2.");
        try (var context = NativeContext.create("cpu", 1)) {
            assertThat(context.infoJson()).startsWith("{\"device\":\"cpu\",\"threads\":1,\"devices\":[\"cpu\"");
            assertThat(context.measureJson()).contains("\"precision\":\"fp32\"", "\"bandwidth_gbs\":");
        }
    }

    private static void createAndClose(NativeContext context, int times) {
        try (var weights = TinyClip.weights()) {
            for (int time = 0; time < times / 10; time++) {
                try (var model = NativeModel.create(context, TinyClip.CONFIGURATION, weights.tensors())) {
                    for (int fork = 0; fork < 9; fork++) {
                        model.fork().close();
                    }
                }
            }
        }
    }

    private static int encodeUntilClosed(NativeModel model, NativeBuffer pixels, CountDownLatch started) {
        int calls = 0;
        try (var features = NativeBuffer.allocate(64 * 8 * 4)) {
            while (true) {
                model.encodeImages(Precision.FP32, pixels, 64, features);
                if (calls++ == 0) {
                    started.countDown();
                }
            }
        } catch (IllegalStateException closed) {
            return calls;
        }
    }

    private static byte[] encoded(NativeModel model) {
        try (var pixels = TinyClip.pixels(2);
                var features = NativeBuffer.allocate(2 * 8 * 4)) {
            model.encodeImages(Precision.FP32, pixels, 2, features);
            var bytes = new byte[2 * 8 * 4];
            features.copyTo(0, bytes, 0, bytes.length);
            return bytes;
        }
    }

    private static void refuses(NativeContext context, String configuration, String message) {
        assertThatThrownBy(() -> NativeModel.create(context, configuration, List.of()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(message);
    }

    private static byte[] bytes(TensorView tensor) {
        assertThat(tensor.isContiguous()).isTrue();
        var bytes = new byte[Math.toIntExact(tensor.elements() * tensor.type().bytes())];
        tensor.buffer().copyTo(0, bytes, 0, bytes.length);
        return bytes;
    }

    private static float scale(NativeModel model) {
        try (var target = NativeBuffer.allocate(4)) {
            model.readTensor("logit_scale", ElementType.FLOAT32, target);
            return (float) Math.exp(target.getFloat(0));
        }
    }

    private static double dot(NativeBuffer left, int leftRow, NativeBuffer right, int rightRow) {
        double sum = 0;
        for (int index = 0; index < 8; index++) {
            sum += left.getFloat(4L * (leftRow * 8 + index)) * right.getFloat(4L * (rightRow * 8 + index));
        }
        return sum;
    }
}
