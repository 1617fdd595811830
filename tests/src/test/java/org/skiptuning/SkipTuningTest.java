package org.skiptuning;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.skiptuning.checkpoint.SafetensorsFile;
import org.skiptuning.data.DataSet;
import org.skiptuning.data.LabelledImage;
import org.skiptuning.data.TemplateSet;
import org.skiptuning.ffi.TensorView;

class SkipTuningTest {
    private static final LoadOptions CPU =
            LoadOptions.defaults().withDevice(Device.cpu()).withThreads(1);

    @TempDir
    static Path folder;

    private static DataSet data;
    private static Clip clip;

    @BeforeAll
    static void load() throws IOException {
        data = TinyPictures.write(folder.resolve("pictures"), 8, 6, 4);
        clip = Clip.load(TinyClip.write(folder.resolve("model"), 1), CPU);
    }

    @AfterAll
    static void close() {
        clip.close();
    }

    /** Rates at which so small a model learns in seconds. */
    static SkipTuningBuilder quick() {
        return SkipTuning.builder()
                .startLayer(1)
                .topRatio(0.5)
                .epochs(4)
                .batchSize(4)
                .learningRate(0.01)
                .imageLearningRate(0.01)
                .warmupLearningRate(0.001)
                .augmentation(PictureAugmentation.NONE);
    }

    private static List<Path> pictures() {
        return data.test().stream().map(LabelledImage::path).toList();
    }

    /** Remembers everything. */
    static final class Recorder implements TrainingListener {
        final List<StepMetrics> steps = new ArrayList<>();
        final List<EpochMetrics> epochs = new ArrayList<>();
        final List<String> warnings = new ArrayList<>();
        final List<Phase> phases = new ArrayList<>();

        @Override
        public void onStep(StepMetrics metrics) {
            steps.add(metrics);
        }

        @Override
        public void onEpoch(EpochMetrics metrics) {
            epochs.add(metrics);
        }

        @Override
        public void onWarning(String message) {
            warnings.add(message);
        }

        @Override
        public void onPhase(Phase phase) {
            phases.add(phase);
        }
    }

    @Test
    void trainingLowersTheLossAndRaisesTheAccuracy() {
        var before = clip.zeroShot(data, TemplateSet.SKIP_TUNING, ProgressListener.none());
        var recorder = new Recorder();
        try (var tuned = quick().epochs(12).topRatio(1).build().fit(clip, data, recorder)) {
            assertThat(recorder.epochs.getLast().meanLoss())
                    .isLessThan(0.7 * recorder.epochs.getFirst().meanLoss());
            assertThat(tuned.evaluate(data).accuracy()).isGreaterThan(before.accuracy());
            assertThat(tuned.result().steps()).isEqualTo(12 * 8);
            assertThat(tuned.result().finalLoss().orElseThrow())
                    .isEqualTo(recorder.steps.getLast().loss());
            assertThat(tuned.result().peakMemoryBytes())
                    .isGreaterThan(tuned.result().peakTensorBytes())
                    .isLessThan(8L << 30);
            assertThat(tuned.result().peakTensorBytes()).isGreaterThan(1 << 20);
            assertThat(tuned.result().trainSeconds())
                    .isGreaterThan(tuned.result().cacheSeconds())
                    .isPositive();
            assertThat(tuned.result().trainedParameters()).isPositive();
        }
    }

    @Test
    void theOriginalStaysAsItIsAndTheTunedOneOutlivesIt() throws IOException {
        var other = Clip.load(TinyClip.write(folder.resolve("outlived"), 2), CPU);
        var before = other.encodeImages(pictures()).toArray();
        try (var tuned = quick().build().fit(other, data, TrainingListener.none())) {
            assertThat(other.encodeImages(pictures()).toArray()).isEqualTo(before);
            other.close();
            var after = tuned.encodeImages(pictures()).toArray();
            assertThat(after).isNotEqualTo(before);
            tuned.save(folder.resolve("outlived-tuned"));
            try (var loaded = FineTuned.load(folder.resolve("outlived-tuned"), CPU)) {
                assertThat(loaded.encodeImages(pictures()).toArray()).isEqualTo(after);
                assertThat(loaded.settings()).isEqualTo(tuned.settings());
                assertThat(loaded.classNames()).isEqualTo(data.classNames());
                assertThat(loaded.template()).isEqualTo(tuned.template());
                assertThat(loaded.evaluate(data)).isEqualTo(tuned.evaluate(data));
                assertThat(loaded.classify(pictures().getFirst(), List.of("red", "mauve")))
                        .isEqualTo(tuned.classify(pictures().getFirst(), List.of("red", "mauve")));
            }
        }
    }

    @Test
    void onlyTheBlocksFromTheStartLayerOnChange() {
        var tunedFolder = folder.resolve("frozen");
        try (var tuned = quick().build().fit(clip, data, TrainingListener.none())) {
            tuned.save(tunedFolder);
        }
        var trained = new TrainedTensors(1, 1);
        try (var before = SafetensorsFile.open(folder.resolve("model").resolve("open_clip_model.safetensors"));
                var after = SafetensorsFile.open(tunedFolder.resolve("model.safetensors"))) {
            var old = before.tensors().stream().collect(Collectors.toMap(TensorView::name, SkipTuningTest::bytes));
            assertThat(after.tensors()).hasSameSizeAs(old.keySet());
            for (var tensor : after.tensors()) {
                assertThat(Arrays.equals(bytes(tensor), old.get(tensor.name())))
                        .as(tensor.name())
                        .isEqualTo(!trained.contains(tensor.name()));
            }
        }
    }

    private static byte[] bytes(TensorView tensor) {
        var bytes = new byte[Math.toIntExact(tensor.buffer().size())];
        tensor.buffer().copyTo(0, bytes, 0, bytes.length);
        return bytes;
    }

    @Test
    void everyStepReportsItsClassesAndPictures() {
        var recorder = new Recorder();
        var settings = quick().topRatio(3).lambda(0).epochs(2);
        try (var tuned = settings.build().fit(clip, data, recorder)) {
            assertThat(tuned.result().steps()).isEqualTo(recorder.steps.size());
        }
        for (var step : recorder.steps) {
            assertThat(step.classes()).hasSize(3).isSorted();
            assertThat(step.images()).hasSize(4);
            var own = data.train().stream()
                    .filter(image -> image.path().equals(step.images().getFirst()))
                    .findFirst()
                    .orElseThrow()
                    .label();
            assertThat(step.classes()).contains(own);
            assertThat(step.rates()).isEqualTo(Schedule.rates(settings.settings(), step.epoch()));
        }
        assertThat(recorder.steps.stream().map(StepMetrics::step).toList()).isSorted();
        assertThat(recorder.phases).startsWith(Phase.CACHE_TEXTS).contains(Phase.CACHE_IMAGES, Phase.TRAIN);
    }

    @Test
    void twoRunsOfOneSeedAreEqualAndOfTwoSeedsAreNot() {
        var settings =
                quick().augmentation(PictureAugmentation.CROP_FLIP).epochs(2).lambda(0.3);
        var losses = new ArrayList<List<Float>>();
        for (var seed : new long[] {1, 1, 2}) {
            var recorder = new Recorder();
            settings.seed(seed).build().fit(clip, data, recorder).close();
            losses.add(recorder.steps.stream().map(StepMetrics::loss).toList());
        }

        assertThat(losses.get(1)).isEqualTo(losses.get(0));
        assertThat(losses.get(2)).isNotEqualTo(losses.get(0));
    }

    /** To rounding: sums over several threads are added up in another order. */
    @Test
    void aThreadMoreOrLessIsTheSameRun() {
        var losses = new ArrayList<List<Float>>();
        for (var threads : new int[] {1, 2}) {
            try (var model = Clip.load(folder.resolve("model"), CPU.withThreads(threads))) {
                var recorder = new Recorder();
                quick().augmentation(PictureAugmentation.CROP_FLIP)
                        .epochs(1)
                        .build()
                        .fit(model, data, recorder)
                        .close();
                losses.add(recorder.steps.stream().map(StepMetrics::loss).toList());
            }
        }

        assertThat(losses.get(1)).isEqualTo(losses.get(0));
    }

    @Test
    void theReferencePathComputesTheSame() {
        for (var optimizer : Optimizer.values()) {
            var losses = new ArrayList<List<Float>>();
            for (var reference : new boolean[] {false, true}) {
                var recorder = new Recorder();
                quick().optimizer(optimizer)
                        .learningRate(0.001)
                        .imageLearningRate(0.0005)
                        .lambda(0.3)
                        .referencePath(reference)
                        .epochs(2)
                        .build()
                        .fit(clip, data, recorder)
                        .close();
                losses.add(recorder.steps.stream().map(StepMetrics::loss).toList());
            }
            for (var step = 0; step < losses.get(0).size(); step++) {
                assertThat(losses.get(1).get(step))
                        .as(optimizer + " step " + step)
                        .isCloseTo(losses.get(0).get(step), within(1e-3f));
            }
        }
    }

    @Test
    void bfloat16TrainsAboutTheSame() {
        var losses = new ArrayList<Double>();
        for (var precision : new Precision[] {Precision.FP32, Precision.BF16}) {
            var recorder = new Recorder();
            try (var tuned = quick().precision(precision).build().fit(clip, data, recorder)) {
                losses.add(tuned.result().lastEpochLoss().orElseThrow());
            }
        }

        assertThat(losses.get(1)).isCloseTo(losses.get(0), within(0.2)).isNotEqualTo(losses.get(0));
    }

    @Test
    void twoRunsSideBySideAreAsOneAfterTheOther() throws Exception {
        var alone = new ArrayList<List<Float>>();
        for (var seed = 1; seed <= 2; seed++) {
            alone.add(losses(clip, seed));
        }
        try (var other = Clip.load(folder.resolve("model"), CPU);
                var threads = Executors.newFixedThreadPool(4)) {
            var runs = List.of(
                    threads.submit(() -> losses(clip, 1)),
                    threads.submit(() -> losses(clip, 2)),
                    threads.submit(() -> losses(other, 1)),
                    threads.submit(() -> losses(other, 2)));
            for (var i = 0; i < runs.size(); i++) {
                assertThat(runs.get(i).get()).isEqualTo(alone.get(i % 2));
            }
        }
    }

    private static List<Float> losses(Clip model, long seed) {
        var recorder = new Recorder();
        quick().seed(seed).epochs(2).build().fit(model, data, recorder).close();
        return recorder.steps.stream().map(StepMetrics::loss).toList();
    }

    @Test
    void fullFineTuningTrainsEveryBlockAgainstAllClasses() {
        var recorder = new Recorder();
        try (var tuned = quick().method(Method.FULL).epochs(1).build().fit(clip, data, recorder);
                var skipped = quick().epochs(1).build().fit(clip, data, TrainingListener.none())) {
            assertThat(recorder.steps).allMatch(step -> step.classes().size() == 8);
            assertThat(tuned.result().trainedParameters())
                    .isGreaterThan(skipped.result().trainedParameters());
        }
    }

    @Test
    void samplesThenCutsAsTheSettingsSay() {
        var recorder = new Recorder();
        try (var tuned = quick().shots(7)
                .classes(ClassSubset.BASE)
                .epochs(1)
                .evaluateAtEnd(true)
                .build()
                .fit(clip, data, recorder)) {
            assertThat(tuned.classNames()).containsExactlyElementsOf(TinyClip.names(4));
            assertThat(tuned.result().evaluation().orElseThrow().total()).isEqualTo(16);
        }
        assertThat(recorder.warnings).anyMatch(warning -> warning.contains("fewer than 7 training pictures"));
    }

    @Test
    void aRateThatIsTooHighIsSaidToBe() {
        assertThatExceptionOfType(TrainingDivergedException.class)
                .isThrownBy(() -> quick().warmupEpochs(0)
                        .learningRate(10)
                        .imageLearningRate(10)
                        .weightDecay(1)
                        .epochs(10)
                        .build()
                        .fit(clip, data, TrainingListener.none())
                        .close())
                .withMessageContaining("The loss is NaN at step")
                .withMessageEndingWith("lower the learning rates");
    }

    @Test
    void aStartLayerBeyondTheTowerIsRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> quick().startLayer(3).build().fit(clip, data, TrainingListener.none()))
                .withMessageContaining("Start layer 3 leaves no block of the text tower to train: use 0 to 2");
    }

    @Test
    void nothingToTrainOnIsRefused() {
        var empty = new DataSet("empty", data.classNames(), List.of(), List.of(), data.test(), "");

        assertThatExceptionOfType(DataSetException.class)
                .isThrownBy(() -> quick().build().fit(clip, empty, TrainingListener.none()))
                .withMessageContaining("no training pictures");
    }

    @Test
    void unreadablePicturesStopTheRunOrAreLeftOut() throws IOException {
        var broken = Files.write(folder.resolve("broken.png"), new byte[] {1, 2, 3});
        var images = new ArrayList<>(data.train());
        images.add(new LabelledImage(broken, 0));
        var some = new DataSet("some", data.classNames(), images, List.of(), List.of(), "");

        assertThatExceptionOfType(DataSetException.class)
                .isThrownBy(() -> quick().epochs(1).build().fit(clip, some, TrainingListener.none()))
                .withMessageContaining("broken.png");
        try (var tolerant = Clip.load(folder.resolve("model"), CPU.withSkipBadImages(true))) {
            var recorder = new Recorder();
            quick().epochs(1).build().fit(tolerant, some, recorder).close();
            assertThat(recorder.warnings).anyMatch(warning -> warning.contains("broken.png"));
            assertThat(recorder.steps).hasSize(8);
        }
    }

    @Test
    void theWeightsAloneCanBeSavedToAFile() throws IOException {
        var file = folder.resolve("weights only.safetensors");
        try (var tuned = quick().epochs(1).build().fit(clip, data, TrainingListener.none())) {
            tuned.save(file);
        }

        try (var weights = SafetensorsFile.open(file)) {
            assertThat(weights.tensors()).extracting(TensorView::name).contains("visual.proj");
        }
        try (var files = Files.list(folder)) {
            assertThat(files).noneMatch(path -> path.getFileName().toString().endsWith(".parts"));
        }
    }

    @Test
    void aModelThatSawTurnedPicturesGoesOnTurningThem() {
        var turned = folder.resolve("turned");
        try (var other = Clip.load(folder.resolve("model"), CPU.withApplyOrientation(true));
                var tuned = quick().epochs(1).build().fit(other, data, TrainingListener.none())) {
            tuned.save(turned);
        }

        try (var loaded = FineTuned.load(turned, CPU)) {
            assertThat(loaded.options().applyOrientation()).isTrue();
        }
    }

    @Test
    void theOriginalIsNeverReplacedNorHidden() throws IOException {
        var original = TinyClip.write(folder.resolve("original"), 1);
        var weights = original.resolve("open_clip_model.safetensors");
        try (var other = Clip.load(weights, CPU);
                var tuned = quick().epochs(1).build().fit(other, data, TrainingListener.none())) {
            assertThatExceptionOfType(CheckpointException.class)
                    .isThrownBy(() -> tuned.save(original))
                    .withMessageContaining("holds the model that was read");
            assertThatExceptionOfType(CheckpointException.class)
                    .isThrownBy(() -> tuned.save(weights))
                    .withMessageContaining("is the model that was read");
        }
        try (var files = Files.list(original)) {
            assertThat(files).containsExactlyInAnyOrder(weights, original.resolve("open_clip_config.json"));
        }
        assertThat(weights).hasSameBinaryContentAs(folder.resolve("model").resolve("open_clip_model.safetensors"));
    }

    @Test
    void closingTheOriginalDoesNotBreakATraining() throws IOException {
        var other = Clip.load(TinyClip.write(folder.resolve("closed early"), 1), CPU);
        var listener = new TrainingListener() {
            @Override
            public void onPhase(Phase phase) {
                other.close();
            }
        };
        var settings =
                quick().epochs(1).augmentation(PictureAugmentation.CROP_FLIP).evaluateAtEnd(true);
        try (var tuned = settings.build().fit(other, data, listener)) {
            assertThat(tuned.result().steps()).isEqualTo(8);
            assertThat(tuned.evaluate(data).total()).isEqualTo(32);
        }
        assertThatIllegalStateException().isThrownBy(() -> other.encodeTexts(List.of("a")));
    }

    @Test
    void whatAListenerThrowsEndsTheRun() {
        var thrown = new IllegalStateException("enough");
        var listener = new TrainingListener() {
            @Override
            public void onStep(StepMetrics metrics) {
                throw thrown;
            }
        };

        assertThatExceptionOfType(IllegalStateException.class)
                .isThrownBy(() -> quick().build().fit(clip, data, listener))
                .isSameAs(thrown);
    }
}
