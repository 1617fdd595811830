package org.skiptuning;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatNoException;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.skiptuning.checkpoint.SafetensorsFile;
import org.skiptuning.checkpoint.SafetensorsWriter;
import org.skiptuning.data.DataSet;
import org.skiptuning.data.TemplateSet;
import org.skiptuning.ffi.NativeBuffer;
import org.skiptuning.ffi.TensorView;

/** Weights of the right shapes that compute nothing of use: no NaN may pass for a result. */
class DamagedWeightsTest {
    private static final LoadOptions CPU =
            LoadOptions.defaults().withDevice(Device.cpu()).withThreads(1);
    private static final String WEIGHTS = "open_clip_model.safetensors";

    @TempDir
    static Path folder;

    private static DataSet data;

    @BeforeAll
    static void write() throws IOException {
        data = TinyPictures.write(folder.resolve("pictures"), 3, 4, 2);
    }

    /** A model whose tensor has this one value everywhere. */
    private static Path with(String name, float value) throws IOException {
        var model = TinyClip.write(Files.createTempDirectory(folder, "model"), 1);
        var copies = new ArrayList<TensorView>();
        try (var file = SafetensorsFile.open(model.resolve(WEIGHTS))) {
            for (var tensor : file.tensors()) {
                copies.add(tensor.name().equals(name) ? filled(tensor, value) : tensor);
            }
            SafetensorsWriter.write(folder.resolve("new"), copies, Map.of());
            copies.stream()
                    .filter(tensor -> tensor.name().equals(name))
                    .forEach(tensor -> tensor.buffer().close());
        }
        Files.copy(folder.resolve("new"), model.resolve(WEIGHTS), java.nio.file.StandardCopyOption.REPLACE_EXISTING);
        return model;
    }

    private static TensorView filled(TensorView tensor, float value) {
        var buffer = NativeBuffer.allocate(tensor.elements() * Float.BYTES);
        for (var i = 0L; i < tensor.elements(); i++) {
            buffer.putFloat(i * Float.BYTES, value);
        }
        return TensorView.contiguous(tensor.name(), tensor.type(), tensor.shape(), buffer);
    }

    @ParameterizedTest
    @CsvSource({"text_projection, the text \"a photo of a red.\"", "visual.proj, the picture "})
    void featuresWithoutDirectionAreNoResult(String tensor, String what) throws IOException {
        var model = with(tensor, 0);
        try (var clip = Clip.load(model, CPU)) {
            assertThatExceptionOfType(SkipTuningException.class)
                    .isThrownBy(() -> clip.zeroShot(data, TemplateSet.of("a photo of a {}."), ProgressListener.none()))
                    .withMessageStartingWith("The features of " + what)
                    .withMessageContaining("aren't finite or are all zero: the weights of " + model + " are damaged");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"text_projection", "visual.proj"})
    void aFirstStepWithoutLossIsNoMatterOfRates(String tensor) throws IOException {
        try (var clip = Clip.load(with(tensor, 0), CPU)) {
            assertThatExceptionOfType(SkipTuningException.class)
                    .isThrownBy(() -> SkipTuningTest.quick().build().fit(clip, data, TrainingListener.none()))
                    .withMessageContaining("The loss is NaN at step 0")
                    .withMessageContaining("its weights are damaged");
        }
    }

    @ParameterizedTest
    @ValueSource(floats = {1000, -1000, 89})
    void aScaleBeyondFloatIsRefused(float scale) throws IOException {
        var model = with("logit_scale", scale);

        assertThatExceptionOfType(CheckpointException.class)
                .isThrownBy(() -> Clip.load(model, CPU))
                .withMessageStartingWith(model.resolve(WEIGHTS) + ": the tensor logit_scale is " + (int) scale)
                .withMessageEndingWith("fetch or save the weights again");
    }

    /** open_clip and transformers use what they read as it is; only training keeps the scale at 100. */
    @Test
    void aScaleBeyondClipsIsTaken() throws IOException {
        try (var clip = Clip.load(with("logit_scale", 20), CPU)) {
            assertThatNoException()
                    .isThrownBy(() -> clip.classify(data.test().getFirst().path(), List.of("red", "green")));
        }
    }

    @ParameterizedTest
    @ValueSource(floats = {Float.NaN, Float.POSITIVE_INFINITY})
    void aValueThatIsNoNumberIsFound(float value) throws IOException {
        var model = with("transformer.resblocks.1.ln_1.bias", value);

        assertThatExceptionOfType(CheckpointException.class)
                .isThrownBy(() -> Clip.load(model, CPU))
                .withMessageContaining(model.resolve(WEIGHTS).toString())
                .withMessageContaining("transformer.resblocks.1.ln_1.bias holds a NaN or an infinity");
    }

    /** A loss shows what the steps before have done: the last one's weights are looked at on their own. */
    @Test
    void whatTheLastStepRuinedIsNotSaved() throws IOException {
        var few = TinyPictures.write(folder.resolve("few"), 3, 1, 1);
        try (var clip = Clip.load(TinyClip.write(folder.resolve("sound"), 1), CPU)) {
            var message = assertThatExceptionOfType(SkipTuningException.class)
                    .isThrownBy(() -> ruinous(100).fit(clip, few, TrainingListener.none()))
                    .withMessageEndingWith("lower the learning rates")
                    .actual()
                    .getMessage();
            var step = Pattern.compile("at step (\\d+)").matcher(message);
            assertThat(step.find()).isTrue();

            var directory = folder.resolve("ruined");
            assertThatExceptionOfType(SkipTuningException.class)
                    .isThrownBy(() -> ruinous(Integer.parseInt(step.group(1)))
                            .fit(clip, few, TrainingListener.none(), directory, false))
                    .withMessageContaining("aren't finite or are all zero: training has left weights of no use, so"
                            + " lower the learning rates");
            assertThat(directory.resolve("model.safetensors")).doesNotExist();
        }
    }

    /** One step an epoch, all at the same rate, whatever the number of epochs. */
    private static SkipTuning ruinous(int epochs) {
        return SkipTuningTest.quick()
                .epochs(epochs)
                .warmupEpochs(1000)
                .warmupLearningRate(10)
                .weightDecay(1)
                .build();
    }
}
