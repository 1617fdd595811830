package org.skiptuning;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.skiptuning.data.DataSet;
import org.skiptuning.data.LabelledImage;

class ResumeTest {
    private static final LoadOptions CPU =
            LoadOptions.defaults().withDevice(Device.cpu()).withThreads(1);
    private static final SkipTuning TUNING = SkipTuningTest.quick()
            .epochs(3)
            .lambda(0.3)
            .augmentation(PictureAugmentation.CROP_FLIP)
            .build();

    @TempDir
    static Path folder;

    private static DataSet data;
    private static Clip clip;
    private static Path whole;

    @BeforeAll
    static void trainWithoutInterruption() throws IOException {
        data = TinyPictures.write(folder.resolve("pictures"), 8, 4, 2);
        clip = Clip.load(TinyClip.write(folder.resolve("model"), 1), CPU);
        whole = folder.resolve("whole");
        fit(whole, false, TrainingListener.none());
    }

    @AfterAll
    static void close() {
        clip.close();
    }

    private static void fit(Path directory, boolean resume, TrainingListener listener) {
        try (var trace = new TraceWriter(directory.resolveSibling(directory.getFileName() + ".trace"))) {
            TUNING.fit(clip, data, TrainingListener.all(listener, trace), directory, resume)
                    .close();
        }
    }

    /** Interrupts the thread after a step. */
    private static TrainingListener interruptAfter(long step) {
        return new TrainingListener() {
            @Override
            public void onStep(StepMetrics metrics) {
                if (metrics.step() == step) {
                    Thread.currentThread().interrupt();
                }
            }
        };
    }

    private static void requireSameResult(Path directory) {
        assertThat(directory.resolve("model.safetensors")).hasSameBinaryContentAs(whole.resolve("model.safetensors"));
        assertThat(directory.resolve("metrics.jsonl")).hasSameBinaryContentAs(whole.resolve("metrics.jsonl"));
        assertThat(directory.resolveSibling(directory.getFileName() + ".trace"))
                .hasSameBinaryContentAs(whole.resolveSibling("whole.trace"));
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 3, 7, 8, 12, 23})
    void anInterruptedRunGoesOnToTheSameBytes(long step) {
        var directory = folder.resolve("interrupted " + step);

        assertThatExceptionOfType(TrainingInterruptedException.class)
                .isThrownBy(() -> fit(directory, false, interruptAfter(step)))
                .satisfies(e -> assertThat(e.steps()).isEqualTo(step + 1));
        assertThat(Thread.interrupted()).isTrue();
        fit(directory, true, TrainingListener.none());

        requireSameResult(directory);
    }

    @Test
    void anInterruptWhileCachingIsNoDifferent() {
        var directory = folder.resolve("caching");
        var listener = new TrainingListener() {
            private long steps;

            @Override
            public void onStep(StepMetrics metrics) {
                steps = metrics.step() + 1;
            }

            @Override
            public void onProgress(Phase phase, long done, long total) {
                if (phase == Phase.CACHE_IMAGES && steps == 16) {
                    Thread.currentThread().interrupt();
                }
            }
        };

        assertThatExceptionOfType(TrainingInterruptedException.class)
                .isThrownBy(() -> fit(directory, false, listener))
                .satisfies(e -> assertThat(e.steps()).isEqualTo(16));
        assertThat(Thread.interrupted()).isTrue();
        fit(directory, true, TrainingListener.none());

        requireSameResult(directory);
    }

    @Test
    void anInterruptWhileTextsAreCachedLosesNothing() {
        var directory = folder.resolve("texts");
        assertThatExceptionOfType(TrainingInterruptedException.class)
                .isThrownBy(() -> fit(directory, false, interruptAfter(10)));
        assertThat(Thread.interrupted()).isTrue();
        var listener = new TrainingListener() {
            @Override
            public void onPhase(Phase phase) {
                if (phase == Phase.CACHE_TEXTS) {
                    Thread.currentThread().interrupt();
                }
            }
        };
        assertThatExceptionOfType(TrainingInterruptedException.class)
                .isThrownBy(() -> fit(directory, true, listener))
                .satisfies(e -> assertThat(e.steps()).isEqualTo(11));
        assertThat(Thread.interrupted()).isTrue();
        fit(directory, true, TrainingListener.none());

        requireSameResult(directory);
    }

    @Test
    void aRunInterruptedTwiceGoesOnToTheSameBytes() {
        var directory = folder.resolve("twice");
        for (var step : new long[] {4, 14}) {
            assertThatExceptionOfType(TrainingInterruptedException.class)
                    .isThrownBy(() -> fit(directory, step > 4, interruptAfter(step)));
            assertThat(Thread.interrupted()).isTrue();
        }
        fit(directory, true, TrainingListener.none());

        requireSameResult(directory);
    }

    /** What kill -9 leaves: the directory as it was at some moment, with the trace ahead of the state. */
    @ParameterizedTest
    @ValueSource(longs = {5, 8, 11, 22})
    void aKilledRunGoesOnToTheSameBytes(long step) {
        var directory = folder.resolve("killed " + step);
        var running = folder.resolve("running " + step);
        var snapshot = new TrainingListener() {
            @Override
            public void onStep(StepMetrics metrics) {
                if (metrics.step() == step) {
                    copy(running, directory);
                    copy(
                            running.resolveSibling(running.getFileName() + ".trace"),
                            directory.resolveSibling(directory.getFileName() + ".trace"));
                }
            }
        };
        fit(running, false, snapshot);

        fit(directory, true, TrainingListener.none());

        requireSameResult(directory);
    }

    private static void copy(Path from, Path to) {
        try (var files = Files.walk(from)) {
            for (var file : files.toList()) {
                Files.copy(file, to.resolve(from.relativize(file).toString()), StandardCopyOption.REPLACE_EXISTING);
            }
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    @Test
    void aFinishedRunIsNotTrainedAgain() {
        var directory = folder.resolve("finished");
        fit(directory, false, TrainingListener.none());
        var recorder = new SkipTuningTest.Recorder();
        fit(directory, true, recorder);

        assertThat(recorder.steps).isEmpty();
        requireSameResult(directory);
    }

    @Test
    void aRunThatTakesTurnsWithViewsGoesOnToTheSameBytes() {
        var views = SkipTuning.builder(TUNING.settings()).views(2).build();
        var complete = folder.resolve("views");
        var directory = folder.resolve("interrupted views");
        views.fit(clip, data, TrainingListener.none(), complete, false).close();
        assertThatExceptionOfType(TrainingInterruptedException.class)
                .isThrownBy(() -> views.fit(clip, data, interruptAfter(18), directory, false));
        assertThat(Thread.interrupted()).isTrue();
        views.fit(clip, data, TrainingListener.none(), directory, true).close();

        assertThat(directory.resolve("model.safetensors"))
                .hasSameBinaryContentAs(complete.resolve("model.safetensors"));
    }

    @Test
    void resumingWhereNothingIsBegins() {
        var directory = folder.resolve("nothing");
        fit(directory, true, TrainingListener.none());

        requireSameResult(directory);
    }

    @Test
    void aRunThatCannotBeginLeavesAnOldOneAlone() {
        var directory = folder.resolve("kept");
        fit(directory, false, TrainingListener.none());
        var impossible = SkipTuning.builder(TUNING.settings()).startLayer(99).build();

        assertThatIllegalArgumentException()
                .isThrownBy(() -> impossible.fit(clip, data, TrainingListener.none(), directory, false));

        requireSameResult(directory);
    }

    @Test
    void aRunThatFailsBeforeItsFirstStepLeavesAnOldOneAlone() throws IOException {
        var directory = folder.resolve("spared");
        fit(directory, false, TrainingListener.none());
        var state = Files.readAllBytes(directory.resolve("resume.safetensors"));
        var broken = TinyPictures.write(folder.resolve("broken"), 8, 4, 2);
        for (var image : broken.train()) {
            Files.write(image.path(), new byte[] {1, 2, 3});
        }

        assertThatExceptionOfType(DataSetException.class)
                .isThrownBy(() -> TUNING.fit(clip, broken, TrainingListener.none(), directory, false));

        requireSameResult(directory);
        assertThat(directory.resolve("resume.safetensors")).hasBinaryContent(state);
    }

    @Test
    void aRunInterruptedBeforeItsFirstStepLeavesAnOldOneAlone() {
        var directory = folder.resolve("spared, too");
        fit(directory, false, TrainingListener.none());
        var listener = new TrainingListener() {
            @Override
            public void onPhase(Phase phase) {
                Thread.currentThread().interrupt();
            }
        };

        assertThatExceptionOfType(TrainingInterruptedException.class)
                .isThrownBy(() -> TUNING.fit(clip, data, listener, directory, false))
                .satisfies(e -> assertThat(e.steps()).isZero());
        assertThat(Thread.interrupted()).isTrue();

        requireSameResult(directory);
    }

    /** As on a full disk: the state cannot be put there. */
    @Test
    void aRunThatCannotSaveItsFirstStateLeavesAnOldOneAlone() throws IOException {
        var directory = folder.resolve("spared at last");
        fit(directory, false, TrainingListener.none());
        var state = Files.readAllBytes(directory.resolve("resume.safetensors"));
        Files.createDirectories(directory.resolve(".next-state.partial").resolve("in the way"));

        assertThatExceptionOfType(SkipTuningException.class)
                .isThrownBy(() -> TUNING.fit(clip, data, TrainingListener.none(), directory, false));

        requireSameResult(directory);
        assertThat(directory.resolve("resume.safetensors")).hasBinaryContent(state);
    }

    /** What kill -9 leaves between the moves that put a new run in the place of an old one. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aReplacementThatWasCutShortIsFinished(boolean metricsMoved) throws IOException {
        var directory = folder.resolve("cut short " + metricsMoved);
        SkipTuning.builder(TUNING.settings())
                .seed(5)
                .build()
                .fit(clip, data, TrainingListener.none(), directory, false)
                .close();
        var begun = folder.resolve("begun " + metricsMoved);
        assertThatExceptionOfType(TrainingInterruptedException.class)
                .isThrownBy(() -> fit(begun, false, interruptAfter(11)));
        assertThat(Thread.interrupted()).isTrue();
        Files.copy(begun.resolve("resume.safetensors"), directory.resolve(".next-state.partial"));
        Files.copy(
                begun.resolve("metrics.jsonl"),
                directory.resolve(metricsMoved ? "metrics.jsonl" : ".next-metrics.partial"),
                StandardCopyOption.REPLACE_EXISTING);
        Files.writeString(directory.resolve("notes.next-week.txt"), "precious");

        TUNING.fit(clip, data, TrainingListener.none(), directory, true).close();

        assertThat(directory.resolve("model.safetensors")).hasSameBinaryContentAs(whole.resolve("model.safetensors"));
        assertThat(directory.resolve("metrics.jsonl")).hasSameBinaryContentAs(whole.resolve("metrics.jsonl"));
        assertThat(directory.resolve("notes.next-week.txt")).hasContent("precious");
        try (var files = Files.list(directory)) {
            assertThat(files).noneMatch(file -> file.toString().endsWith(".partial"));
        }
    }

    @Test
    void theSameDataMayBeNamedOtherwiseOrMoved() throws IOException {
        var begun = folder.resolve("moved data");
        assertThatExceptionOfType(TrainingInterruptedException.class)
                .isThrownBy(() -> fit(begun, false, interruptAfter(9)));
        assertThat(Thread.interrupted()).isTrue();
        var round = folder.resolve("pictures").resolve("..").resolve("pictures");
        copy(folder.resolve("pictures"), folder.resolve("elsewhere"));
        for (var place : List.of(round, folder.resolve("elsewhere"))) {
            var directory = folder.resolve("from " + place.getFileName());
            copy(begun, directory);
            TUNING.fit(clip, below(place), TrainingListener.none(), directory, true)
                    .close();

            assertThat(directory.resolve("model.safetensors"))
                    .hasSameBinaryContentAs(whole.resolve("model.safetensors"));
        }
    }

    @Test
    void aPictureThatChangedItsSizeIsOtherData() throws IOException {
        var directory = folder.resolve("changed picture");
        copy(folder.resolve("pictures"), folder.resolve("changed pictures"));
        var changed = below(folder.resolve("changed pictures"));
        assertThatExceptionOfType(TrainingInterruptedException.class)
                .isThrownBy(() -> fit(directory, false, interruptAfter(9)));
        assertThat(Thread.interrupted()).isTrue();
        Files.write(changed.train().getLast().path(), new byte[1], StandardOpenOption.APPEND);

        assertThatExceptionOfType(SkipTuningException.class)
                .isThrownBy(() -> TUNING.fit(clip, changed, TrainingListener.none(), directory, true))
                .withMessageContaining("other training pictures or classes");
    }

    /** The data set with its pictures in another place. */
    private static DataSet below(Path place) {
        var pictures = folder.resolve("pictures");
        return new DataSet(
                data.name(),
                data.classNames(),
                data.train().stream()
                        .map(image -> new LabelledImage(
                                place.resolve(pictures.relativize(image.path()).toString()), image.label()))
                        .toList(),
                List.of(),
                List.of(),
                data.templateKey());
    }

    @Test
    void aNewRunReplacesAnOldOne() {
        var directory = folder.resolve("replaced");
        assertThatExceptionOfType(TrainingInterruptedException.class)
                .isThrownBy(() -> fit(directory, false, interruptAfter(9)));
        assertThat(Thread.interrupted()).isTrue();
        fit(directory, false, TrainingListener.none());

        requireSameResult(directory);
    }

    @Test
    void anotherRunsStateIsRefused() {
        var directory = folder.resolve("other");
        fit(directory, false, TrainingListener.none());
        var other = SkipTuning.builder(TUNING.settings()).seed(2).lambda(0.1).build();

        assertThatExceptionOfType(SkipTuningException.class)
                .isThrownBy(() -> other.fit(clip, data, TrainingListener.none(), directory, true))
                .withMessageContaining("seed 1 instead of 2")
                .withMessageContaining("lambda 0.3 instead of 0.1");
        assertThatExceptionOfType(SkipTuningException.class)
                .isThrownBy(() -> TUNING.fit(clip, data.base(), TrainingListener.none(), directory, true))
                .withMessageContaining("other training pictures or classes");
    }

    @Test
    void otherPixelsOrAnotherActivationAreAnotherRun() throws IOException {
        var directory = folder.resolve("other reading");
        assertThatExceptionOfType(TrainingInterruptedException.class)
                .isThrownBy(() -> fit(directory, false, interruptAfter(9)));
        assertThat(Thread.interrupted()).isTrue();
        var model = folder.resolve("model");
        var gelu = Files.writeString(
                folder.resolve("gelu.json"),
                Files.readString(model.resolve("open_clip_config.json"))
                        .replace("\"quick_gelu\": true", "\"quick_gelu\": false"));

        refusesToGoOn(directory, CPU.withApplyOrientation(true), "apply_exif_orientation false instead of true");
        refusesToGoOn(directory, CPU.withConfigName(gelu.toString()), "another configuration of the model");
    }

    private static void refusesToGoOn(Path directory, LoadOptions options, String reason) {
        try (var other = Clip.load(folder.resolve("model"), options)) {
            assertThatExceptionOfType(SkipTuningException.class)
                    .isThrownBy(() -> TUNING.fit(other, data, TrainingListener.none(), directory, true))
                    .withMessageContaining(reason);
        }
    }

    @Test
    void goingOnWithOtherThreadsIsWarnedOf() throws IOException {
        var directory = folder.resolve("threads");
        assertThatExceptionOfType(TrainingInterruptedException.class)
                .isThrownBy(() -> fit(directory, false, interruptAfter(9)));
        assertThat(Thread.interrupted()).isTrue();
        var recorder = new SkipTuningTest.Recorder();
        try (var other = Clip.load(folder.resolve("model"), CPU.withThreads(2))) {
            TUNING.fit(other, data, recorder, directory, true).close();
        }

        assertThat(recorder.warnings)
                .singleElement()
                .asString()
                .matches(
                        "The run was begun on cpu with 1 threads and (blas|onednn|tiles) and goes on on cpu with 2 threads and"
                                + " \\1: its result may differ in the last bits from that of an uninterrupted run");
    }

    private static Path interrupted(String name) {
        var directory = folder.resolve(name);
        assertThatExceptionOfType(TrainingInterruptedException.class)
                .isThrownBy(() -> fit(directory, false, interruptAfter(9)));
        assertThat(Thread.interrupted()).isTrue();
        return directory;
    }

    private static void refusesToResume(Path directory, String... message) {
        assertThatExceptionOfType(CheckpointException.class)
                .isThrownBy(() -> fit(directory, true, TrainingListener.none()))
                .withMessageContainingAll(message)
                .withMessageEndingWith("; start the run again without resume")
                .withMessageNotContaining("fetch");
    }

    @Test
    void aDamagedStateIsStartedAgainAndNotFetched() throws IOException {
        var directory = interrupted("damaged state");
        var state = directory.resolve("resume.safetensors");
        var whole = Files.readAllBytes(state);
        Files.write(state, Arrays.copyOf(whole, whole.length - 1));
        refusesToResume(directory, state.toString(), "it is truncated or damaged");
        Files.write(state, new byte[3]);
        refusesToResume(directory, state.toString(), "it is truncated");
        for (var steps : List.of("-5", "x", "25", "")) {
            Files.write(state, withSteps(whole, steps));
            refusesToResume(directory, state + " is damaged");
        }
        Arrays.fill(whole, whole.length - 4, whole.length, (byte) 0xff);
        Files.write(state, whole);
        refusesToResume(directory, state.toString(), "the saved state's tensor", "holds a NaN or an infinity");
    }

    /** A safetensors file with another number of steps in its header. */
    private static byte[] withSteps(byte[] file, String steps) {
        var text = new String(file, StandardCharsets.ISO_8859_1);
        var changed =
                text.replace("\"steps\":\"10\"", "\"steps\":\"" + steps + "\"").getBytes(StandardCharsets.ISO_8859_1);
        var header = ByteBuffer.wrap(changed).order(ByteOrder.LITTLE_ENDIAN);
        header.putLong(0, header.getLong(0) + changed.length - file.length);
        return changed;
    }

    @Test
    void damagedMetricsAreStartedAgain() throws IOException {
        var directory = interrupted("damaged metrics");
        var metrics = directory.resolve("metrics.jsonl");
        var lines = Files.readAllLines(metrics);
        lines.set(3, "null");
        Files.write(metrics, lines);
        refusesToResume(directory, metrics + " is damaged in line 4");
        Files.write(metrics, new byte[] {(byte) 0xff, (byte) 0xfe, 0});
        refusesToResume(directory, metrics.toString(), "it isn't text in UTF-8");
    }

    @Test
    void aStateOfSomethingElseIsRefused() throws IOException {
        var directory = Files.createDirectories(folder.resolve("foreign state"));
        Files.copy(
                folder.resolve("model").resolve("open_clip_model.safetensors"),
                directory.resolve("resume.safetensors"));

        assertThatExceptionOfType(CheckpointException.class)
                .isThrownBy(() -> fit(directory, true, TrainingListener.none()))
                .withMessageContaining("is no state of a run");
    }

    @Test
    void twoRunsDoNotShareADirectory() {
        var directory = folder.resolve("shared");
        var second = new TrainingListener() {
            @Override
            public void onStart(long stepsDone, long totalSteps) {
                assertThatExceptionOfType(SkipTuningException.class)
                        .isThrownBy(() -> fit(directory, false, TrainingListener.none()))
                        .withMessageContaining("Another run is writing to");
            }
        };
        fit(directory, false, second);

        requireSameResult(directory);
    }

    @Test
    void somebodyElsesFilesAreNotReplaced() throws IOException {
        for (var name : List.of("model.safetensors", "config.json", "tokenizer.json", "open_clip_config.json")) {
            var directory = Files.createDirectories(folder.resolve("foreign " + name));
            Files.writeString(directory.resolve(name), "precious");
            for (var resume : List.of(false, true)) {
                assertThatExceptionOfType(SkipTuningException.class)
                        .isThrownBy(() -> fit(directory, resume, TrainingListener.none()))
                        .withMessageContaining("holds " + name + ", which no run wrote");
            }
            assertThat(directory.resolve(name)).hasContent("precious");
            assertThat(directory.resolve(".lock")).doesNotExist();
        }
    }

    @Test
    void aPreTrainedModelWithItsMetricsIsSomebodyElses() throws IOException {
        var directory = TinyClip.write(folder.resolve("pre-trained"), 2);
        Files.writeString(directory.resolve("metrics.jsonl"), "{}");

        assertThatExceptionOfType(SkipTuningException.class)
                .isThrownBy(() -> fit(directory, false, TrainingListener.none()))
                .withMessageContaining("holds open_clip_config.json, which no run wrote");
        assertThat(directory.resolve("metrics.jsonl")).hasContent("{}");
    }

    @Test
    void aFinishedRunWithoutItsStateMayBeReplaced() throws IOException {
        var directory = folder.resolve("without state");
        fit(directory, false, TrainingListener.none());
        Files.delete(directory.resolve("resume.safetensors"));
        fit(directory, false, TrainingListener.none());

        requireSameResult(directory);
    }

    @Test
    void filesThatNoModelHasDoNotMatter() throws IOException {
        var directory = Files.createDirectories(folder.resolve("notes"));
        Files.writeString(directory.resolve("notes.txt"), "precious");
        fit(directory, false, TrainingListener.none());

        requireSameResult(directory);
        assertThat(directory.resolve("notes.txt")).hasContent("precious");
    }

    @Test
    void theModelsOwnFolderIsNotWrittenTo() {
        assertThatExceptionOfType(SkipTuningException.class)
                .isThrownBy(() -> fit(folder.resolve("model"), false, TrainingListener.none()))
                .withMessageContaining("holds the model that is to be fine-tuned");
    }

    @Test
    void norIsTheFolderOfAModelThatWasGivenAsAFile() throws IOException {
        var directory = TinyClip.write(folder.resolve("model as file"), 1);
        var weights = directory.resolve("open_clip_model.safetensors");
        try (var original = Clip.load(weights, CPU)) {
            assertThatExceptionOfType(SkipTuningException.class)
                    .isThrownBy(() -> TUNING.fit(original, data, TrainingListener.none(), directory, false))
                    .withMessageContaining("holds the model that is to be fine-tuned");
        }
        try (var files = Files.list(directory)) {
            assertThat(files).containsExactlyInAnyOrder(weights, directory.resolve("open_clip_config.json"));
        }
    }
}
