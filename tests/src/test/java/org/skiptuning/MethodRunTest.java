package org.skiptuning;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assertions.withinPercentage;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.skiptuning.checkpoint.SafetensorsFile;
import org.skiptuning.checkpoint.SafetensorsWriter;
import org.skiptuning.data.DataSet;
import org.skiptuning.data.LabelledImage;

/** Whole runs of every method on a tiny model: trained, interrupted, saved, opened, asked. */
class MethodRunTest {
    private static final LoadOptions CPU =
            LoadOptions.defaults().withDevice(Device.cpu()).withThreads(1);
    private static final int CLASSES = 6;

    @TempDir
    static Path folder;

    private static DataSet data;
    private static Path model;
    private static Clip clip;

    @BeforeAll
    static void load() throws IOException {
        var pictures = TinyPictures.write(folder.resolve("pictures"), CLASSES, 4, 4);
        var validation = TinyPictures.write(folder.resolve("validation"), CLASSES, 1, 2);
        data = new DataSet("tiny", pictures.classNames(), pictures.train(), validation.test(), pictures.test(), "");
        model = TinyClip.write(folder.resolve("model"), 1);
        clip = Clip.load(model, CPU);
    }

    @AfterAll
    static void close() {
        clip.close();
    }

    static Stream<Method> all() {
        return Method.all().stream();
    }

    static Stream<Method> ofOwnParameters() {
        return all().filter(method -> !method.leavesOrdinaryModel());
    }

    /** Small enough for seconds, for towers of 4 and 3 blocks. */
    private static SkipTuningBuilder quick(Method method) {
        var builder = SkipTuning.builder(method);
        method.ownSettings().keySet().forEach(name -> {
            switch (name) {
                case "depth" -> builder.set(name, method.toString().equals("dept") ? 1 : 2);
                case "context_tokens" -> builder.set(name, 2);
                case "key_views" -> builder.set(name, 2);
                default -> {}
            }
        });
        if (method.takes("epochs") && method.knowsOtherClasses()) {
            builder.epochs(3);
        } else if (method.toString().equals("lp++")) {
            builder.epochs(20);
        }
        if (method.takes("image_start_layer")) {
            builder.startLayer(1).topRatio(0.5);
        }
        if (method.takes("batch_size")) {
            builder.stepsPerShot(0).batchSize(4);
        }
        if (method.takes("learning_rate")) {
            builder.learningRate(0.01);
        }
        if (method.takes("image_learning_rate")) {
            builder.imageLearningRate(0.01);
        }
        return method.takes("warmup_learning_rate") ? builder.warmupLearningRate(0.001) : builder;
    }

    private static FineTuned fit(
            SkipTuningBuilder settings, Path directory, boolean resume, TrainingListener listener) {
        return settings.build().fit(clip, data, listener, directory, resume);
    }

    private static Path saved(Path directory, Method method) {
        return directory.resolve(method.leavesOrdinaryModel() ? "model.safetensors" : OwnTensors.FILE);
    }

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

    /** What it predicts after a save is what it predicted before; an interrupted run ends with the same bytes. */
    @ParameterizedTest
    @MethodSource("all")
    void resumesAndOpensAgain(Method method) {
        var settings = quick(method);
        var whole = folder.resolve("whole " + method);
        Evaluation evaluation;
        long steps;
        try (var tuned = fit(settings, whole, false, TrainingListener.none())) {
            evaluation = tuned.evaluate(data);
            steps = tuned.result().steps();
            assertThat(tuned.result().trainedParameters() > 0)
                    .isEqualTo(!method.toString().equals("tip-adapter"));
        }
        try (var opened = FineTuned.load(whole, CPU)) {
            assertThat(opened.settings()).isEqualTo(settings.settings());
            assertThat(opened.evaluate(data)).isEqualTo(evaluation);
            requireSamePredictions(opened, evaluation);
        }
        assertThat(steps == 0).isEqualTo(method.toString().equals("tip-adapter"));
        var directory = folder.resolve("interrupted " + method);
        for (var step : steps == 0 ? List.<Long>of() : List.of(0L, steps / 2)) {
            assertThatExceptionOfType(TrainingInterruptedException.class)
                    .isThrownBy(() -> fit(settings, directory, step > 0, interruptAfter(step)));
            assertThat(Thread.interrupted()).isTrue();
        }
        fit(settings, directory, true, TrainingListener.none()).close();
        assertThat(saved(directory, method)).hasSameBinaryContentAs(saved(whole, method));
    }

    /** Asked for its own classes a picture gets what its evaluation gave it. */
    private static void requireSamePredictions(FineTuned tuned, Evaluation evaluation) {
        for (var image : evaluation.images().subList(0, 3)) {
            var best = tuned.classify(image.image(), data.classNames()).getFirst();
            assertThat(best.label()).isEqualTo(data.classNames().get(image.predicted()));
            assertThat(best.probability()).isCloseTo(image.probability(), within(1e-5));
        }
    }

    /** Also where the data set has templates of its own, which labels alone do not tell. */
    @ParameterizedTest
    @ValueSource(strings = {"tip-adapter", "clip-adapter", "lp++", "tcp", "kgcoop", "prograd"})
    void predictsWithTheTemplatesOfItsDataSet(String name) {
        var pets = new DataSet(
                "pets", data.classNames(), data.train(), data.validation(), data.test(), "DescribableTextures");
        try (var tuned = quick(Method.of(name)).build().fit(clip, pets, TrainingListener.none())) {
            requireSamePredictions(tuned, tuned.evaluate(pets));
        }
    }

    /** A run without steps has its folder like any other. */
    @Test
    void aRunWithoutStepsMayBeDoneAgain() {
        var directory = folder.resolve("without steps");
        for (var resume : List.of(false, true, false)) {
            fit(quick(Method.of("tip-adapter")), directory, resume, TrainingListener.none())
                    .close();
        }
        fit(quick(Method.SKIP), directory, false, TrainingListener.none()).close();
        fit(quick(Method.of("tip-adapter")), directory, false, TrainingListener.none())
                .close();
        assertThat(directory.resolve("model.safetensors")).doesNotExist();
    }

    @ParameterizedTest
    @MethodSource("all")
    void trainsInSixteenBits(Method method) {
        var bf16 = CPU.withPrecision(Precision.BF16);
        var recorder = new SkipTuningTest.Recorder();
        try (var low = Clip.load(model, bf16);
                var tuned = quick(method).precision(Precision.BF16).build().fit(low, data, recorder)) {
            assertThat(recorder.steps).allMatch(step -> Float.isFinite(step.loss()));
            assertThat(tuned.evaluate(data).images()).allMatch(image -> Double.isFinite(image.probability()));
        }
    }

    /** Of pictures whose colours are their classes. */
    @ParameterizedTest
    @ValueSource(
            strings = {"coop", "kgcoop", "maple", "dept", "clip-adapter", "tip-adapter-f", "lora", "tcp", "promptsrc"})
    void learns(String name) {
        var method = Method.of(name);
        var recorder = new SkipTuningTest.Recorder();
        var settings = quick(method).epochs(30).warmupEpochs(0).augmentation(PictureAugmentation.NONE);
        if (method.ownSettings().containsKey("text_weight")) {
            settings.set("text_weight", 0);
        }
        if (name.equals("clip-adapter")) {
            settings.set("share", 0.8).set("reduction", 1);
        }
        if (name.equals("tcp")) {
            settings.set("hidden", 8);
        }
        try (var tuned = settings.learningRate(name.equals("clip-adapter") ? 1 : 0.05)
                .build()
                .fit(clip, data, recorder)) {
            assertThat(recorder.epochs.getLast().meanLoss())
                    .isLessThan(0.95 * recorder.epochs.getFirst().meanLoss());
            assertThat(tuned.evaluate(data).total()).isEqualTo(CLASSES * 4);
        }
    }

    @ParameterizedTest
    @MethodSource("ofOwnParameters")
    void otherClassesAreToldApartOrRefused(Method method) {
        var labels = List.of("sky", "grass", "night");
        var picture = data.test().getFirst().path();
        try (var tuned = quick(method).build().fit(clip, data, TrainingListener.none())) {
            if (method.knowsOtherClasses()) {
                assertThat(tuned.classify(picture, labels)).hasSize(3);
            } else {
                assertThatExceptionOfType(SkipTuningException.class)
                        .isThrownBy(() -> tuned.classify(picture, labels))
                        .withMessage(
                                method + " knows only the 6 classes that it was trained on, and 3 of those asked for"
                                        + " are not among them: sky, grass, night; leave them out, or train a method that takes"
                                        + " any");
            }
            assertThatIllegalStateException()
                    .isThrownBy(() -> tuned.encodeTexts(labels))
                    .withMessageContaining("leaves no ordinary CLIP");
            assertThatIllegalStateException().isThrownBy(() -> tuned.encodeImages(List.of(picture)));
        }
    }

    private static SkipTuningBuilder atRate(Method method, double rate) {
        return method.takes("learning_rate") ? quick(method).learningRate(rate) : quick(method);
    }

    /** Methods that keep something by class label. */
    static Stream<Arguments> keepersByClass() {
        return Stream.concat(
                Stream.of("tip-adapter", "tip-adapter-f", "dept", "linear", "lp++")
                        .map(name -> Arguments.of(name, atRate(Method.of(name), 0.1))),
                Stream.of(Arguments.of(
                        "coop of each class",
                        quick(Method.of("coop"))
                                .set("initial", "random")
                                .set("context_tokens", 3)
                                .set("of_each_class", true))));
    }

    /** Some of the trained classes, in any order, have the logits that they have among all. */
    @ParameterizedTest(name = "{0}")
    @MethodSource("keepersByClass")
    void trainedClassesAreKnownByName(String name, SkipTuningBuilder settings) {
        var picture = data.test().getFirst().path();
        try (var tuned = settings.build().fit(clip, data, TrainingListener.none())) {
            var amongAll = probabilities(tuned, picture, data.classNames());
            for (var asked : List.of(
                    data.classNames().reversed(),
                    List.of(
                            data.classNames().get(4),
                            data.classNames().get(0),
                            data.classNames().get(3)))) {
                var sum = asked.stream().mapToDouble(amongAll::get).sum();
                var found = probabilities(tuned, picture, asked);
                for (var label : asked) {
                    assertThat(found.get(label)).isCloseTo(amongAll.get(label) / sum, withinPercentage(1e-6));
                }
            }
        }
    }

    /** Beside unknown classes a picture cache votes as ever, and DePT's head, which tells its own apart alone, is silent. */
    @ParameterizedTest
    @ValueSource(strings = {"tip-adapter", "tip-adapter-f", "dept"})
    void trainedClassesBesideOthers(String name) {
        var picture = data.test().getFirst().path();
        var first = data.classNames().get(0);
        var second = data.classNames().get(3);
        try (var tuned = atRate(Method.of(name), 0.1).build().fit(clip, data, TrainingListener.none())) {
            var known = probabilities(tuned, picture, List.of(first, second));
            var mixed = probabilities(tuned, picture, List.of("sky", second, "grass", first));
            var asOfKnown = mixed.get(first) / mixed.get(second) / (known.get(first) / known.get(second));
            if (name.equals("dept")) {
                assertThat(asOfKnown).isNotCloseTo(1, withinPercentage(0.1));
            } else {
                assertThat(asOfKnown).isCloseTo(1, withinPercentage(0.01));
            }
            var unknown = probabilities(tuned, picture, List.of("sky", "grass"));
            assertThat(mixed.get("sky") / mixed.get("grass"))
                    .isCloseTo(unknown.get("sky") / unknown.get("grass"), withinPercentage(0.01));
        }
    }

    private static Map<String, Double> probabilities(FineTuned tuned, Path picture, List<String> labels) {
        return tuned.classify(picture, labels).stream()
                .collect(Collectors.toMap(Prediction::label, Prediction::probability));
    }

    /** As it would be taken up from what a prediction needs, with no momentum. */
    @Test
    void aStateWithoutWeightsIsNotGoneOnWith() {
        var directory = folder.resolve("without weights");
        var settings = quick(Method.of("coop"));
        assertThatExceptionOfType(TrainingInterruptedException.class)
                .isThrownBy(() -> fit(settings, directory, false, interruptAfter(4)));
        assertThat(Thread.interrupted()).isTrue();
        var state = directory.resolve(RunDirectory.STATE);
        try (var file = SafetensorsFile.open(state)) {
            SafetensorsWriter.write(
                    state,
                    file.tensors().stream()
                            .filter(tensor -> !tensor.name().equals("weights"))
                            .toList(),
                    file.metadata());
        }
        assertThatExceptionOfType(CheckpointException.class)
                .isThrownBy(() -> fit(settings, directory, true, TrainingListener.none()))
                .withMessageContaining("the saved state lacks the tensor weights; start the run again without resume");
    }

    @Test
    void whatWasTrainedBesideAModelNeedsThatModel() throws IOException {
        var directory = folder.resolve("moved");
        var home = TinyClip.write(folder.resolve("home"), 1);
        try (var here = Clip.load(home, CPU)) {
            quick(Method.of("kgcoop"))
                    .build()
                    .fit(here, data, TrainingListener.none(), directory, false)
                    .close();
        }
        assertThat(directory.resolve("model.safetensors")).doesNotExist();
        var away = folder.resolve("away");
        Files.move(home, away, StandardCopyOption.ATOMIC_MOVE);
        assertThatExceptionOfType(BaseModelException.class)
                .isThrownBy(() -> FineTuned.load(directory, CPU))
                .withMessage(directory + " holds what the method KgCoOp trained beside a model, and that is not at "
                        + home + "; FineTuned.load(directory, baseModel, options) takes where it lies");
        assertThatExceptionOfType(CheckpointException.class)
                .isThrownBy(() -> Clip.load(directory, CPU))
                .withMessageContaining(
                        directory + " holds what the method KgCoOp trained beside a model, and no model:")
                .withMessageContaining("--tuned")
                .withMessageContaining("FineTuned.load");
        FineTuned.load(directory, away, CPU).close();
        var other = TinyClip.write(folder.resolve("other"), 2);
        assertThatExceptionOfType(BaseModelException.class)
                .isThrownBy(() -> FineTuned.load(directory, other, CPU))
                .withMessageContaining("is not the model that " + directory + " was trained on");
        Files.delete(directory.resolve(OwnTensors.FILE));
        assertThatExceptionOfType(CheckpointException.class)
                .isThrownBy(() -> FineTuned.load(directory, away, CPU))
                .withMessageContaining(OwnTensors.FILE);
    }

    @Test
    void damagedParametersAreNamed() throws IOException {
        var directory = folder.resolve("damaged");
        quick(Method.of("coop"))
                .build()
                .fit(clip, data, TrainingListener.none(), directory, false)
                .close();
        quick(Method.of("maple"))
                .build()
                .fit(clip, data, TrainingListener.none(), folder.resolve("others"), false)
                .close();
        var file = directory.resolve(OwnTensors.FILE);
        var whole = Files.readAllBytes(file);
        Files.copy(folder.resolve("others").resolve(OwnTensors.FILE), file, StandardCopyOption.REPLACE_EXISTING);
        assertThatExceptionOfType(CheckpointException.class)
                .isThrownBy(() -> FineTuned.load(directory, CPU))
                .withMessageContaining("is not what the run in this folder wrote");
        Files.write(file, whole);
        var bytes = Files.readAllBytes(directory.resolve(OwnTensors.FILE));
        Files.write(directory.resolve(OwnTensors.FILE), java.util.Arrays.copyOf(bytes, bytes.length / 2));
        assertThatExceptionOfType(CheckpointException.class)
                .isThrownBy(() -> FineTuned.load(directory, CPU))
                .withMessageContaining(OwnTensors.FILE);
    }

    /** Tensors of the right sort in the wrong shape, and such as no method leaves. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "kept/cache.labels | []  | in another shape than a list of labels",
                "other             | [1] | has a tensor other, which no method leaves"
            })
    void foreignTensorsAreNamed(String name, String shape, String problem) throws IOException {
        var directory = Files.createTempDirectory(folder, "foreign");
        var header = ("{\"__metadata__\":{\"method\":\"tip-adapter\",\"base_model\":\"x\",\"format\":\"pt\"},\"" + name
                        + "\":{\"dtype\":\"I64\",\"shape\":" + shape + ",\"data_offsets\":[0,8]}}")
                .getBytes(StandardCharsets.UTF_8);
        var file = ByteBuffer.allocate(8 + header.length + 8).order(ByteOrder.LITTLE_ENDIAN);
        file.putLong(header.length).put(header);
        Files.write(directory.resolve(OwnTensors.FILE), file.array());
        assertThatExceptionOfType(CheckpointException.class)
                .isThrownBy(() -> OwnTensors.read(directory, Method.of("tip-adapter"), "x"))
                .withMessageContaining(problem);
    }

    /** Named before anything is computed. */
    @Test
    void whatDoesNotFitTheModelIsRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() ->
                        quick(Method.of("maple")).set("depth", 9).build().fit(clip, data, TrainingListener.none()))
                .withMessageContaining("MaPLe has vectors for 9 blocks: this model's towers take 1 to 3");
        assertThatExceptionOfType(SkipTuningException.class)
                .isThrownBy(() -> quick(Method.of("coop"))
                        .set("initial", "random")
                        .set("context_tokens", 16)
                        .build()
                        .fit(clip, data, TrainingListener.none()))
                .withMessageContaining("with 16 vectors, and the model takes 12: set context_tokens to fewer");
        assertThatExceptionOfType(SkipTuningException.class)
                .isThrownBy(() -> quick(Method.of("coop"))
                        .set(Map.of("context_tokens", 6, "initial", "a photo of a"))
                        .build()
                        .fit(clip, data, TrainingListener.none()))
                .withMessageContaining("The words \"a photo of a\" are 4 tokens, and there are 6 vectors");
        assertThatExceptionOfType(SkipTuningException.class)
                .isThrownBy(() -> quick(Method.of("coop"))
                        .set(Map.of("position", "middle", "initial", "a photo of a"))
                        .build()
                        .fit(clip, data, TrainingListener.none()))
                .withMessageContaining("begin at random");
        assertThatIllegalArgumentException()
                .isThrownBy(
                        () -> quick(Method.of("lora")).set("rank", 64).build().fit(clip, data, TrainingListener.none()))
                .withMessageContaining("LoRA's rank is 64: use 1 to 32");
    }

    /** Vectors around a name and of each class. */
    @ParameterizedTest
    @ValueSource(strings = {"middle", "front", "of each class"})
    void coopsVectorsMayStandElsewhere(String where) {
        var settings = quick(Method.of("coop")).set("initial", "random").set("context_tokens", 3);
        if (where.equals("of each class")) {
            settings.set("of_each_class", true);
        } else {
            settings.set("position", where);
        }
        var directory = folder.resolve("coop " + where);
        try (var tuned = fit(settings, directory, false, TrainingListener.none());
                var opened = FineTuned.load(directory, CPU)) {
            assertThat(opened.evaluate(data)).isEqualTo(tuned.evaluate(data));
            assertThat(tuned.result().trainedParameters())
                    .isEqualTo(where.equals("of each class") ? CLASSES * 3 * 32 : 3 * 32);
        }
    }

    @Test
    void withoutValidationPicturesChoicesStayAsSet() {
        var without = new DataSet("tiny", data.classNames(), data.train(), List.<LabelledImage>of(), data.test(), "");
        for (var name : List.of("linear", "lp++", "tip-adapter")) {
            var recorder = new SkipTuningTest.Recorder();
            var settings = quick(Method.of(name));
            try (var tuned = settings.build().fit(clip, without, recorder)) {
                assertThat(recorder.warnings).anyMatch(warning -> warning.contains("no validation pictures"));
                assertThat(tuned.result().steps()).isEqualTo(name.equals("linear") ? 1 : name.equals("lp++") ? 20 : 0);
                assertThat(tuned.evaluate(without).total()).isPositive();
            }
        }
    }
}
