package org.skiptuning;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.skiptuning.data.DataSet;
import org.skiptuning.data.LabelledImage;
import org.skiptuning.data.TemplateSet;

class ClipTest {
    private static final LoadOptions CPU =
            LoadOptions.defaults().withDevice(Device.cpu()).withThreads(1);

    @TempDir
    static Path folder;

    private static DataSet data;
    private static Clip clip;

    @BeforeAll
    static void load() throws IOException {
        data = TinyPictures.write(folder.resolve("pictures"), 4, 0, 12);
        clip = Clip.load(TinyClip.write(folder.resolve("model"), 1), CPU);
    }

    @AfterAll
    static void close() {
        clip.close();
    }

    private static List<Path> pictures() {
        return data.test().stream().map(LabelledImage::path).toList();
    }

    @Test
    void saysWhatItIs() {
        var info = clip.info();

        assertThat(info.imageLayers()).isEqualTo(TinyClip.IMAGE_LAYERS);
        assertThat(info.textLayers()).isEqualTo(TinyClip.TEXT_LAYERS);
        assertThat(info.embeddingSize()).isEqualTo(TinyClip.EMBEDDING);
        assertThat(info.imageSize()).isEqualTo(TinyClip.SIZE);
        assertThat(info.device()).isEqualTo("cpu");
    }

    @Test
    void featuresHaveLengthOneAndTheOrderAskedFor() {
        var forwards = clip.encodeImages(pictures());
        var backwards = clip.encodeImages(pictures().reversed());

        assertThat(forwards.rows()).isEqualTo(48);
        assertThat(forwards.width()).isEqualTo(TinyClip.EMBEDDING);
        for (var row = 0; row < forwards.rows(); row++) {
            assertThat(forwards.cosine(row, forwards, row)).isCloseTo(1, within(1e-5));
            assertThat(forwards.cosine(row, backwards, forwards.rows() - 1 - row))
                    .isCloseTo(1, within(1e-5));
        }
    }

    @Test
    void longTextsAreCutAndManyAreBatched() {
        var texts = new ArrayList<String>();
        for (var i = 0; i < 300; i++) {
            texts.add("a photo of number " + i);
        }
        texts.add("word ".repeat(100));
        var features = clip.encodeTexts(texts);

        assertThat(features.rows()).isEqualTo(301);
        assertThat(features.cosine(299, clip.encodeTexts(List.of("a photo of number 299")), 0))
                .isCloseTo(1, within(1e-5));
        assertThat(features.cosine(0, features, 1)).isLessThan(0.9999);
    }

    @Test
    void nothingToEncodeIsNoError() {
        assertThat(clip.encodeTexts(List.of()).rows()).isZero();
        assertThat(clip.encodeImages(List.of()).rows()).isZero();
    }

    @Test
    void zeroShotChoosesTheNearestPrompt() {
        var templates = TemplateSet.of("a photo of a {}.");
        var evaluation = clip.zeroShot(data, templates, ProgressListener.none());

        var images = clip.encodeImages(pictures());
        var texts = clip.encodeTexts(templates.prompts(data));
        for (var i = 0; i < evaluation.total(); i++) {
            var predicted = evaluation.images().get(i).predicted();
            for (var label = 0; label < 4; label++) {
                assertThat(images.cosine(i, texts, predicted))
                        .isGreaterThanOrEqualTo(images.cosine(i, texts, label) - 1e-5);
            }
        }
        assertThat(evaluation.total()).isEqualTo(48);
        assertThat(evaluation.perClass().stream().mapToInt(ClassResult::total)).containsExactly(12, 12, 12, 12);
        assertThat(evaluation.perClass().stream().mapToInt(ClassResult::correct).sum())
                .isEqualTo(evaluation.correct());
    }

    @Test
    void progressEndsWithEverything() {
        var heard = new ArrayList<String>();
        clip.zeroShot(data, TemplateSet.COOP, (phase, done, total) -> heard.add(phase + " " + done + "/" + total));

        assertThat(heard).contains("encoding texts 4/4").endsWith("evaluating 48/48");
    }

    @Test
    void classifyGivesProbabilitiesBestFirst() {
        var predictions = clip.classify(pictures().getFirst(), List.of("red", "green", "blue"));

        assertThat(predictions.stream().mapToDouble(Prediction::probability).sum())
                .isCloseTo(1, within(1e-9));
        assertThat(predictions)
                .isSortedAccordingTo((a, b) -> Double.compare(b.probability(), a.probability()))
                .extracting(Prediction::label)
                .containsExactlyInAnyOrder("red", "green", "blue");
    }

    @Test
    void aDataSetWithoutTestPicturesIsRefused() {
        var empty = new DataSet("empty", List.of("a"), List.of(), List.of(), List.of(), "");

        assertThatExceptionOfType(DataSetException.class)
                .isThrownBy(() -> clip.zeroShot(empty, TemplateSet.COOP, ProgressListener.none()))
                .withMessageContaining("no test pictures");
    }

    @Test
    void anUnreadablePictureIsNamedOrLeftOut() throws IOException {
        var broken = Files.write(folder.resolve("broken ü.png"), new byte[0]);
        var images = List.of(data.test().getFirst(), new LabelledImage(broken, 0));
        var some = new DataSet("some", data.classNames(), List.of(), List.of(), images, "");

        assertThatExceptionOfType(DataSetException.class)
                .isThrownBy(() -> clip.zeroShot(some, TemplateSet.COOP, ProgressListener.none()))
                .isInstanceOf(UnreadablePictureException.class)
                .withMessageContaining("broken ü.png")
                .withMessageContaining("LoadOptions.withSkipBadImages(true)");
        assertThatExceptionOfType(DataSetException.class)
                .isThrownBy(() -> clip.encodeImages(List.of(broken)))
                .withMessageEndingWith("is empty (0 bytes): replace or remove it");
        try (var tolerant = Clip.load(folder.resolve("model"), CPU.withSkipBadImages(true))) {
            assertThat(tolerant.zeroShot(some, TemplateSet.COOP, ProgressListener.none())
                            .total())
                    .isEqualTo(1);
            var nothing = new DataSet("nothing", data.classNames(), List.of(), List.of(), images.subList(1, 2), "");
            assertThatExceptionOfType(DataSetException.class)
                    .isThrownBy(() -> tolerant.zeroShot(nothing, TemplateSet.COOP, ProgressListener.none()))
                    .withMessageContaining("None of the 1 test pictures of nothing can be read")
                    .withMessageContaining("broken ü.png");
        }
    }

    @Test
    void useAfterCloseIsAnIllegalState() throws IOException {
        var closed = Clip.load(TinyClip.write(folder.resolve("closed"), 2), CPU);
        closed.close();
        closed.close();

        assertThatIllegalStateException().isThrownBy(() -> closed.encodeTexts(List.of("a")));
        assertThatIllegalStateException().isThrownBy(() -> closed.encodeImages(pictures()));
        assertThatIllegalStateException()
                .isThrownBy(() -> SkipTuning.builder().build().fit(closed, data, TrainingListener.none()));
    }

    @Test
    void twoModelsAndManyThreadsGiveWhatOneThreadGives() throws Exception {
        try (var other = Clip.load(TinyClip.write(folder.resolve("other"), 2), CPU);
                var threads = Executors.newFixedThreadPool(6)) {
            var own = clip.encodeImages(pictures()).toArray();
            var others = other.encodeImages(pictures()).toArray();
            var work = new ArrayList<Callable<Boolean>>();
            for (var i = 0; i < 6; i++) {
                work.add(() -> Arrays.equals(own, clip.encodeImages(pictures()).toArray()));
                work.add(() ->
                        Arrays.equals(others, other.encodeImages(pictures()).toArray()));
            }
            for (var result : threads.invokeAll(work)) {
                assertThat(result.get()).isTrue();
            }
            assertThat(own).isNotEqualTo(others);
        }
    }

    @Test
    void aCloseDuringALongCallTakesEffectAfterIt() throws IOException {
        var model = TinyClip.write(folder.resolve("closed early"), 1);
        var expected = clip.zeroShot(data, TemplateSet.COOP, ProgressListener.none());
        var early = Clip.load(model, CPU);
        // The first report comes after one of several chunks.
        var images = early.encodeImages(pictures(), (phase, done, total) -> early.close());

        assertThat(images.toArray()).isEqualTo(clip.encodeImages(pictures()).toArray());
        assertThatIllegalStateException().isThrownBy(() -> early.encodeImages(pictures()));
        var late = Clip.load(model, CPU);
        assertThat(late.zeroShot(data, TemplateSet.COOP, (phase, done, total) -> late.close()))
                .isEqualTo(expected);
    }

    @Test
    void closingWhileAnotherThreadEncodesDoesNoHarm() throws Exception {
        var shared = Clip.load(TinyClip.write(folder.resolve("shared"), 2), CPU);
        try (var threads = Executors.newFixedThreadPool(2)) {
            var results = new ArrayList<Future<Boolean>>();
            for (var i = 0; i < 2; i++) {
                results.add(threads.submit(() -> {
                    try {
                        for (var round = 0; round < 1000; round++) {
                            shared.encodeTexts(List.of("a photo of a cat."));
                        }
                        return false;
                    } catch (IllegalStateException closed) {
                        return true;
                    }
                }));
            }
            Thread.sleep(50);
            shared.close();
            for (var result : results) {
                assertThat(result.get()).isTrue();
            }
        }
    }

    @Test
    void anInterruptStopsALongCall() {
        Thread.currentThread().interrupt();
        try {
            assertThatExceptionOfType(CancelledException.class).isThrownBy(() -> clip.encodeTexts(List.of("a")));
            assertThat(Thread.currentThread().isInterrupted()).isTrue();
        } finally {
            Thread.interrupted();
        }
    }
}
