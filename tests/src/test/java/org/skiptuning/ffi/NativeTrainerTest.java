package org.skiptuning.ffi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.skiptuning.SkipTuningException;

class NativeTrainerTest {
    private static final String OPTIONS = "{\"method\":\"skip\",\"selection\":{\"top_ratio\":0.5}}";

    @TempDir
    private Path folder;

    @Test
    void aStepReportsLossAndKeptClasses() {
        try (var context = TinyClip.context();
                var model = TinyClip.model(context);
                var cache = TinyClip.filledCache(model, 4, 6);
                var trainer = NativeTrainer.create(model, Optional.of(cache), OPTIONS)) {
            var first = trainer.step(0, new long[] {0, 3}, new long[] {5, 1}, 0.1, 0.1);
            assertThat(first.loss()).isPositive();
            assertThat(first.keptClasses()).hasSize(3).isSorted().contains(1, 5);
            double last = first.loss();
            for (int step = 1; step < 20; step++) {
                last = trainer.step(step, new long[] {0, 3}, new long[] {5, 1}, 0.1, 0.1)
                        .loss();
            }
            assertThat(last).isLessThan(first.loss());
            assertThat(trainer.infoJson()).contains("\"trained_parameters\":");
        }
    }

    @Test
    void thousandsOfRunsLeaveNothingBehind() throws Throwable {
        try (var context = TinyClip.context();
                var model = TinyClip.model(context)) {
            trainAndClose(model, 500);
            long allocated = context.allocatedBytes();
            assertThat(MallocFigures.leastGrowth(() -> trainAndClose(model, 10_000)))
                    .isLessThan(8L << 20);
            assertThat(context.allocatedBytes()).isLessThanOrEqualTo(allocated);
        }
    }

    /** A fork, a cache and a trainer each time, and a step begun and ended. */
    private static void trainAndClose(NativeModel model, int times) {
        for (int time = 0; time < times; time++) {
            try (var own = model.fork();
                    var cache = TinyClip.filledCache(own, 2, 3);
                    var trainer = NativeTrainer.create(own, Optional.of(cache), OPTIONS)) {
                trainer.beginStep(0, new long[] {0, 1}, new long[] {1, 2}, 0.1, 0.1);
                assertThat(trainer.endStep().loss()).isPositive();
            }
        }
    }

    @Test
    void stepsAreBegunAndEndedInOrder() {
        try (var context = TinyClip.context();
                var model = TinyClip.model(context);
                var cache = TinyClip.filledCache(model, 4, 6);
                var left = model.fork();
                var right = model.fork();
                var ahead = NativeTrainer.create(left, Optional.of(cache), OPTIONS);
                var alone = NativeTrainer.create(right, Optional.of(cache), OPTIONS)) {
            assertThatThrownBy(ahead::endStep).isInstanceOf(IllegalStateException.class);
            for (int step = 0; step < 5; step++) {
                ahead.beginStep(step, new long[] {0, 3}, new long[] {5, 1}, 0.1, 0.1);
            }
            assertThatThrownBy(() -> step(ahead, 5)).isInstanceOf(IllegalStateException.class);
            for (int step = 0; step < 5; step++) {
                var expected = alone.step(step, new long[] {0, 3}, new long[] {5, 1}, 0.1, 0.1);
                var found = ahead.endStep();
                assertThat(found.loss()).isEqualTo(expected.loss());
                assertThat(found.keptClasses()).isEqualTo(expected.keptClasses());
            }
        }
    }

    @Test
    void aRestoredStateGoesOnByteForByte() {
        try (var context = TinyClip.context();
                var model = TinyClip.model(context);
                var cache = TinyClip.filledCache(model, 4, 6);
                var left = model.fork();
                var right = model.fork();
                var one = NativeTrainer.create(left, Optional.of(cache), OPTIONS);
                var two = NativeTrainer.create(right, Optional.of(cache), OPTIONS)) {
            step(one, 0);
            two.restore(one.state());
            step(one, 1);
            step(two, 1);
            assertThat(contents(two.state())).isEqualTo(contents(one.state()));
            assertThat(contents(right.tensors())).isEqualTo(contents(left.tensors()));
            assertThat(contents(left.tensors())).isNotEqualTo(contents(model.tensors()));
            assertThatThrownBy(() -> two.restore(List.of())).isInstanceOf(SkipTuningException.class);
        }
    }

    @Test
    void aTrainerKeepsWhatItNeeds() {
        var context = TinyClip.context();
        var model = TinyClip.model(context);
        var cache = TinyClip.filledCache(model, 4, 6);
        var trainer = NativeTrainer.create(model, Optional.of(cache), OPTIONS);
        cache.close();
        model.close();
        context.close();
        step(trainer, 0);
        var state = trainer.state();
        trainer.close();
        trainer.close();
        assertThatThrownBy(() -> step(trainer, 1)).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> state.getFirst().buffer().getFloat(0)).isInstanceOf(IllegalStateException.class);
    }

    /** A trainer moves the trained tensors into memory of its own; a view from before must stay readable. */
    @Test
    void viewsFromBeforeTrainingKeepTheirValues() {
        try (var context = TinyClip.context();
                var model = TinyClip.model(context);
                var cache = TinyClip.filledCache(model, 4, 6)) {
            var before = model.tensors();
            var values = contents(before);
            try (var trainer = NativeTrainer.create(model, Optional.of(cache), OPTIONS)) {
                step(trainer, 0);
            }
            assertThat(contents(before)).isEqualTo(values);
            assertThat(contents(model.tensors())).isNotEqualTo(values);
        }
    }

    @Test
    void wrongStepsAreRefused() {
        try (var context = TinyClip.context();
                var model = TinyClip.model(context);
                var cache = TinyClip.filledCache(model, 4, 6);
                var trainer = NativeTrainer.create(model, Optional.of(cache), OPTIONS)) {
            assertThatThrownBy(() -> trainer.step(0, new long[] {4}, new long[] {0}, 1, 1))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("The image row 4 is not in 0..3");
            assertThatThrownBy(() -> trainer.step(0, new long[] {0}, new long[] {-1}, 1, 1))
                    .hasMessage("The label -1 is not in 0..5");
            assertThatThrownBy(() -> trainer.step(0, new long[1], new long[2], 1, 1))
                    .isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> trainer.step(0, new long[0], new long[0], 1, 1))
                    .isInstanceOf(IllegalArgumentException.class);
            for (var rate : new double[] {-1, Double.NaN, Double.POSITIVE_INFINITY}) {
                assertThatThrownBy(() -> trainer.step(0, new long[1], new long[1], rate, 1))
                        .isInstanceOf(IllegalArgumentException.class)
                        .hasMessageContaining("A learning rate is");
                assertThatThrownBy(() -> trainer.accumulate(rate < 0 ? 1e39 : rate))
                        .isInstanceOf(IllegalArgumentException.class)
                        .hasMessage("weight is no finite number of fp32");
            }
            try (var pixels = TinyClip.pixels(2);
                    var tokens = TinyClip.tokens(2)) {
                assertThatThrownBy(() -> trainer.contrastiveStep(0, pixels, tokens, 6, new long[] {0, 1}, 1, 1, 0))
                        .isInstanceOf(IllegalStateException.class);
            }
        }
    }

    @Test
    void stepsNeedTheirRowsAndTheTexts() {
        try (var context = TinyClip.context();
                var model = TinyClip.model(context);
                var cache = TinyClip.cache(model, 4, 6);
                var pixels = TinyClip.pixels(3);
                var tokens = TinyClip.tokens(6)) {
            cache.putTexts(tokens, 6, 6, LongBinaryProgress.IGNORED);
            cache.putImages(0, pixels, 3);
            try (var trainer = NativeTrainer.create(model, Optional.of(cache), OPTIONS)) {
                assertThatThrownBy(() -> step(trainer, 0))
                        .isInstanceOf(IllegalStateException.class)
                        .hasMessageContaining("row 3");
                cache.putImages(1, pixels, 3);
                assertThat(step(trainer, 0)).isPositive();
                assertThatThrownBy(() -> cache.putTexts(tokens, 6, 6, (done, total) -> false))
                        .isInstanceOf(CancellationException.class);
                assertThatThrownBy(() -> step(trainer, 1)).isInstanceOf(IllegalStateException.class);
            }
        }
    }

    @Test
    void wrongOptionsAreRefused() {
        try (var context = TinyClip.context();
                var model = TinyClip.model(context);
                var cache = TinyClip.filledCache(model, 4, 6)) {
            refuses(
                    model,
                    Optional.of(cache),
                    "{\"method\":\"magic\"}",
                    "unknown method magic: there are clip-adapter, cocoop, contrastive, coop, dept, kgcoop, linear, lora, lp++,"
                            + " maple, prograd, promptsrc, skip, tcp, tip-adapter");
            refuses(
                    model,
                    Optional.of(cache),
                    "{\"method\":\"kgcoop\",\"teacher\":{\"text_weight\":1e308}}",
                    "options.teacher.text_weight must be from 0 to 1e6");
            refuses(
                    model,
                    Optional.of(cache),
                    "{\"method\":\"skip\",\"selection\":{\"top_ratio\":0}}",
                    "options.selection.top_ratio must be above 0");
            refuses(
                    model,
                    Optional.of(cache),
                    "{\"method\":\"skip\",\"optimizer\":{\"momentum\":1}}",
                    "options.optimizer.momentum must be at least 0 and below 1");
            refuses(
                    model,
                    Optional.of(cache),
                    "{\"method\":\"skip\",\"optimizer\":{\"rate\":1}}",
                    "options.optimizer.rate is an unknown key");
            refuses(
                    model,
                    Optional.of(cache),
                    "{\"method\":\"lora\",\"low_rank\":{\"rank\":0}}",
                    "options.low_rank.rank must be at least 1");
            refuses(
                    model,
                    Optional.of(cache),
                    "{\"method\":\"lora\",\"low_rank\":{\"alpha\":0}}",
                    "options.low_rank.alpha must be above 0, up to 1e6");
            refuses(
                    model,
                    Optional.of(cache),
                    "{\"method\":\"lora\",\"low_rank\":{\"dropout\":1}}",
                    "options.low_rank.dropout must be at least 0 and below 1");
            refuses(
                    model,
                    Optional.of(cache),
                    "{\"method\":\"lora\",\"low_rank\":{\"position\":\"up\"}}",
                    "options.low_rank.position is an unknown key");
            refuses(model, Optional.empty(), "{\"method\":\"skip\"}", "The method skip needs a cache");
            var pairs =
                    "the method contrastive goes with the optimizer muon, and the others with sgd, adam or adamw; not ";
            refuses(model, Optional.empty(), "{\"method\":\"contrastive\"}", pairs + "contrastive with sgd");
            refuses(
                    model,
                    Optional.of(cache),
                    "{\"method\":\"skip\",\"optimizer\":{\"name\":\"muon\"}}",
                    pairs + "skip with muon");
            try (var empty = TinyClip.cache(model, 1, 1)) {
                assertThatThrownBy(() -> NativeTrainer.create(model, Optional.of(empty), OPTIONS))
                        .isInstanceOf(IllegalStateException.class);
            }
        }
    }

    @Test
    void contrastiveStepsNeedNoCache() {
        try (var context = TinyClip.context();
                var model = TinyClip.model(context);
                var trainer = NativeTrainer.create(
                        model, Optional.empty(), "{\"method\":\"contrastive\",\"optimizer\":{\"name\":\"muon\"}}");
                var pixels = TinyClip.pixels(4);
                var tokens = TinyClip.tokens(4)) {
            double first = trainer.contrastiveStep(0, pixels, tokens, 6, new long[] {0, 1, 2, 3}, 0.01, 0.01, 0.9);
            double last = first;
            for (int step = 1; step < 20; step++) {
                last = trainer.contrastiveStep(step, pixels, tokens, 6, new long[] {0, 1, 2, 3}, 0.01, 0.01, 0.9);
            }
            assertThat(last).isLessThan(first);
            assertThat(trainer.state()).extracting(TensorView::name).contains("average");
        }
    }

    @Test
    void progressIsReportedAndCancels() {
        try (var context = TinyClip.context();
                var model = TinyClip.model(context);
                var cache = TinyClip.cache(model, 1, 130);
                var tokens = TinyClip.tokens(130)) {
            var seen = new java.util.ArrayList<Long>();
            cache.putTexts(tokens, 130, 6, (done, total) -> {
                assertThat(total).isEqualTo(130);
                return seen.add(done);
            });
            assertThat(seen).isSorted().hasSizeGreaterThan(1).endsWith(130L);
            assertThat(cache.texts()).isEqualTo(130);

            assertThatThrownBy(() -> cache.putTexts(tokens, 130, 6, (done, total) -> false))
                    .isInstanceOf(CancellationException.class);
            var thrown = new IllegalCallerException("from the callback");
            assertThatThrownBy(() -> cache.putTexts(tokens, 130, 6, (done, total) -> {
                        throw thrown;
                    }))
                    .isSameAs(thrown);
            var error = new StackOverflowError();
            assertThatThrownBy(() -> cache.putTexts(tokens, 130, 6, (done, total) -> {
                        throw error;
                    }))
                    .isSameAs(error);
            Thread.currentThread().interrupt();
            assertThatThrownBy(() -> cache.putTexts(tokens, 130, 6, LongBinaryProgress.IGNORED))
                    .isInstanceOf(CancellationException.class);
            assertThat(Thread.interrupted()).isTrue();
            assertThatThrownBy(() -> cache.putTexts(tokens, 129, 6, LongBinaryProgress.IGNORED))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void aCacheMayLieInAFile() {
        String options = TinyClip.cacheOptions(4, 6).replace("}", ",\"file\":\"" + folder.resolve("c") + "\"}");
        String nowhere = options.replace("/c\"", "/missing/c\"");
        try (var context = TinyClip.context();
                var model = TinyClip.model(context);
                var pixels = TinyClip.pixels(4);
                var tokens = TinyClip.tokens(6);
                var memory = TinyClip.filledCache(model, 4, 6);
                var cache = NativeCache.create(model, options)) {
            cache.putImages(0, pixels, 4);
            cache.putTexts(tokens, 6, 6, LongBinaryProgress.IGNORED);
            try (var left = model.fork();
                    var right = model.fork();
                    var one = NativeTrainer.create(left, Optional.of(memory), OPTIONS);
                    var two = NativeTrainer.create(right, Optional.of(cache), OPTIONS)) {
                assertThat(step(two, 0)).isEqualTo(step(one, 0));
            }
            assertThat(folder).isEmptyDirectory();
            assertThatThrownBy(() -> cache.putImages(1, pixels, 4)).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> NativeCache.create(model, nowhere))
                    .isInstanceOf(SkipTuningException.class)
                    .hasMessageContaining("missing/c")
                    .message()
                    .doesNotContain("The native core failed");
        }
    }

    private static double step(NativeTrainer trainer, long step) {
        return trainer.step(step, new long[] {0, 3}, new long[] {5, 1}, 0.1, 0.1)
                .loss();
    }

    private static void refuses(NativeModel model, Optional<NativeCache> cache, String options, String message) {
        assertThatThrownBy(() -> NativeTrainer.create(model, cache, options))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(message);
    }

    private static String contents(List<TensorView> tensors) {
        return tensors.stream().map(NativeTrainerTest::content).collect(Collectors.joining("\n"));
    }

    private static String content(TensorView tensor) {
        var bytes = new byte[Math.toIntExact(tensor.elements() * tensor.type().bytes())];
        tensor.buffer().copyTo(0, bytes, 0, bytes.length);
        return tensor.name() + java.util.HexFormat.of().formatHex(bytes);
    }
}
