package org.skiptuning.ffi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.Test;
import org.skiptuning.CheckpointException;

/** Calls that only some methods know: pictures shown at once, predictions, sums, merging. */
class NativeMethodsTest {
    private static final int CLASSES = 6;
    private static final int PICTURES = 4;

    private static NativeCache features(NativeModel model, int rows) {
        var options = TinyClip.cacheOptions(rows, CLASSES)
                .replaceAll("\"image_start\":\\d+", "\"image_start\":" + TinyClip.LAYERS)
                .replaceAll("\"text_start\":\\d+", "\"text_start\":0");
        var cache = NativeCache.create(model, options);
        try (var pixels = TinyClip.pixels(rows);
                var tokens = TinyClip.tokens(CLASSES)) {
            cache.putImages(0, pixels, rows);
            cache.putTexts(tokens, CLASSES, 6, LongBinaryProgress.IGNORED);
            cache.putTeacherTexts(tokens, CLASSES, 6, true, LongBinaryProgress.IGNORED);
            return cache;
        }
    }

    private static NativeTrainer trainer(NativeModel model, NativeCache cache, String options) {
        return NativeTrainer.create(model, Optional.of(cache), options);
    }

    @Test
    void predictionsAreChecked() {
        try (var context = TinyClip.context();
                var model = TinyClip.model(context);
                var cache = features(model, PICTURES);
                var trainer = trainer(model, cache, "{\"method\":\"clip-adapter\"}");
                var pixels = TinyClip.pixels(PICTURES);
                var logits = NativeBuffer.allocate(PICTURES * CLASSES * Float.BYTES);
                var small = NativeBuffer.allocate(Float.BYTES)) {
            trainer.logits(pixels, PICTURES, logits);
            assertThat(logits.getFloat(0)).isFinite().isNotZero();
            assertThatIllegalArgumentException().isThrownBy(() -> trainer.logits(pixels, PICTURES, small));
            assertThatIllegalArgumentException().isThrownBy(() -> trainer.logits(pixels, PICTURES + 1, logits));
            assertThatIllegalStateException()
                    .isThrownBy(trainer::merge)
                    .withMessageContaining("no part of an ordinary model");
            assertThatIllegalStateException().isThrownBy(trainer::useAccumulated);
        }
    }

    @Test
    void picturesAreShownByMethodsThatLookAtThemAlone() {
        try (var context = TinyClip.context();
                var model = TinyClip.model(context);
                var cache = features(model, PICTURES);
                var probe = trainer(model, cache, "{\"method\":\"lp++\"}");
                var coop = trainer(model, cache, "{\"method\":\"clip-adapter\"}")) {
            var labels = new long[] {0, 1, 2, 3};
            probe.prepare(cache, labels);
            probe.step(0, new long[] {0}, new long[] {0}, 0, 0);
            probe.validate(cache, labels);
            assertThat(probe.state()).extracting(TensorView::name).contains("own/probe.weight", "kept/best.accuracy");
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> probe.prepare(cache, new long[] {0, 1, 2}))
                    .withMessageContaining("as many rows for each of the pictures");
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> probe.prepare(cache, new long[] {0, 1, 2, CLASSES}))
                    .withMessageContaining("The label 6 is not in 0..5");
            assertThatIllegalArgumentException().isThrownBy(() -> probe.validate(cache, new long[0]));
            assertThatIllegalStateException().isThrownBy(() -> coop.prepare(cache, labels));
            assertThatIllegalStateException().isThrownBy(() -> coop.validate(cache, labels));
        }
    }

    /** What a prediction needs is a part of the state, and restored alone. */
    @Test
    void aPredictionsTensorsAreRestoredAlone() {
        try (var context = TinyClip.context();
                var model = TinyClip.model(context);
                var cache = features(model, PICTURES);
                var trained = trainer(model, cache, "{\"method\":\"clip-adapter\"}");
                var opened = trainer(model, cache, "{\"method\":\"clip-adapter\",\"adapter\":{\"seed\":9}}")) {
            var own = trained.state().stream()
                    .filter(tensor -> tensor.name().startsWith("own/"))
                    .toList();
            assertThat(own).hasSize(2);
            opened.restore(own);
            for (var index = 0; index < own.size(); index++) {
                var name = own.get(index).name();
                var restored = opened.state().stream()
                        .filter(tensor -> tensor.name().equals(name))
                        .findFirst()
                        .orElseThrow();
                assertThat(restored.buffer().getFloat(0))
                        .isEqualTo(own.get(index).buffer().getFloat(0));
            }
            assertThatThrownBy(() -> opened.restore(own.subList(0, 1)))
                    .isInstanceOf(CheckpointException.class)
                    .hasMessageContaining("lacks the tensor own/adapter");
            try (var wrong = NativeBuffer.allocate(own.getFirst().elements() * Double.BYTES)) {
                var first = own.getFirst();
                var doubles = TensorView.contiguous(first.name(), ElementType.FLOAT64, first.shape(), wrong);
                assertThatThrownBy(() -> opened.restore(List.of(doubles, own.getLast())))
                        .isInstanceOf(CheckpointException.class)
                        .hasMessageContaining("has another type");
            }
        }
    }

    @Test
    void textsOfATeacherAreAsManyForEachClass() {
        try (var context = TinyClip.context();
                var model = TinyClip.model(context);
                var cache = features(model, PICTURES);
                var tokens = TinyClip.tokens(2 * CLASSES)) {
            cache.putTeacherTexts(tokens, 2L * CLASSES, 6, false, LongBinaryProgress.IGNORED);
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> cache.putTeacherTexts(tokens, CLASSES + 1, 6, true, LongBinaryProgress.IGNORED))
                    .withMessageContaining("the same number of prompts for each of 6 classes, not 7");
            assertThatThrownBy(() -> cache.putTeacherTexts(tokens, CLASSES, 6, true, (done, total) -> false))
                    .isInstanceOf(CancellationException.class);
            assertThatIllegalStateException()
                    .isThrownBy(() -> trainer(model, cache, "{\"method\":\"clip-adapter\"}"))
                    .withMessageContaining("put the teacher's text features into the cache");
        }
    }
}
