package org.skiptuning;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.skiptuning.data.DataSet;

/** Features that were computed before, in whatever parts, stand for those that a run computes. */
class FeatureFilesTest {
    private static final LoadOptions CPU = LoadOptions.defaults().withDevice(Device.cpu());

    @TempDir
    private Path folder;

    private DataSet data() throws IOException {
        return TinyPictures.write(folder.resolve("pictures"), 8, 9, 2);
    }

    private Clip clip(Precision precision) throws IOException {
        return Clip.load(TinyClip.write(folder.resolve("model"), 1), CPU.withPrecision(precision));
    }

    private FeatureLayout extract(Clip clip, DataSet data, TrainingSettings settings, Path features) {
        var extraction = FeatureExtraction.of(clip, data, settings);
        var layout = extraction.layout().withPartRows(32);
        FeatureFiles.begin(features, layout);
        var parts = new ArrayList<>(layout.parts());
        Collections.shuffle(parts, new Random(3));
        parts.forEach(part -> extraction.compute(part, features, ProgressListener.none()));
        return layout;
    }

    @ParameterizedTest
    @CsvSource({"skip, FP32, none, 1", "skip, BF16, crop-flip, 3", "full, FP32, crop-flip, 2", "coop, FP32, none, 1"})
    void aRunEndsInTheSameBytes(String method, Precision precision, String augmentation, int views) throws IOException {
        var settings = SkipTuning.builder(Method.of(method))
                .epochs(3)
                .batchSize(4)
                .augmentation(augmentation.equals("none") ? PictureAugmentation.NONE : PictureAugmentation.CROP_FLIP)
                .views(augmentation.equals("none") ? 0 : views)
                .precision(precision);
        if (method.equals("skip")) {
            settings.startLayer(1);
        }
        var run = settings.settings();
        var features = folder.resolve("features");
        var data = data();
        try (var clip = clip(precision)) {
            var layout = extract(clip, data, run, features);
            assertThat(layout.rows()).isEqualTo(72L * views);
            assertThat(layout.parts()).hasSize(3 * views);
            var plain = SkipTuning.builder(run).build();
            plain.fit(clip, data, TrainingListener.none(), folder.resolve("plain"), false)
                    .close();
            plain.withFeatures(features)
                    .fit(clip, data, TrainingListener.none(), folder.resolve("stored"), false)
                    .close();
        }
        var result =
                Files.exists(folder.resolve("plain/model.safetensors")) ? "model.safetensors" : "method.safetensors";
        assertThat(folder.resolve("stored").resolve(result))
                .hasSameBinaryContentAs(folder.resolve("plain").resolve(result));
    }

    /** A probe looks at all pictures' features at once. */
    @Test
    void aProbeTakesThem() throws IOException {
        var settings = SkipTuning.builder(Method.of("linear")).settings();
        var features = folder.resolve("features");
        var data = data();
        try (var clip = clip(Precision.FP32)) {
            extract(clip, data, settings, features);
            // What is left to be decoded is one picture, by which the result is tried.
            for (var image : data.train().subList(1, data.train().size())) {
                var size = Files.size(image.path());
                Files.write(image.path(), new byte[(int) size]);
            }
            try (var tuned = SkipTuning.builder(settings)
                    .build()
                    .withFeatures(features)
                    .fit(clip, data, TrainingListener.none())) {
                assertThat(tuned.result().steps()).isPositive();
            }
        }
    }

    @Test
    void whatDoesNotFitIsNamed() throws IOException {
        var settings =
                SkipTuningTest.quick().augmentation(PictureAugmentation.NONE).settings();
        var features = folder.resolve("features");
        var data = data();
        try (var clip = clip(Precision.FP32)) {
            assertRefused(clip, data, settings, features, "holds no features: make them with skip-tuning extract");
            var layout = extract(clip, data, settings, features);
            assertRefused(
                    clip,
                    data,
                    SkipTuning.builder(settings).startLayer(2).settings(),
                    features,
                    "holds features with image_start_layer 1 instead of 2");
            assertRefused(
                    clip,
                    data,
                    SkipTuning.builder(settings)
                            .augmentation(PictureAugmentation.CROP_FLIP)
                            .settings(),
                    features,
                    "Each epoch draws its pictures afresh");
            assertRefused(
                    clip,
                    data,
                    SkipTuning.builder(settings).shots(2).settings(),
                    features,
                    "holds features with another list of pictures");
            assertThatExceptionOfType(SkipTuningException.class)
                    .isThrownBy(() -> FeatureFiles.begin(features, layout.withPartRows(64)))
                    .withMessageContaining("in parts of 32 rows instead of 64");
            var part = features.resolve(layout.parts().get(1).file());
            var whole = Files.readAllBytes(part);
            Files.delete(part);
            assertRefused(
                    clip, data, settings, features, "1 of 3 parts are missing, such as rows-0000000032.safetensors");
            Files.write(part, java.util.Arrays.copyOf(whole, whole.length - 4));
            assertRefused(clip, data, settings, features, "remove it, and give the command that made it again");
            Files.copy(
                    features.resolve(layout.parts().getFirst().file()),
                    part,
                    java.nio.file.StandardCopyOption.REPLACE_EXISTING);
            assertRefused(clip, data, settings, features, "holds other rows than its name says");
            Files.writeString(features.resolve("features.json"), "{");
            assertRefused(clip, data, settings, features, "features.json is damaged");
        }
    }

    private void assertRefused(Clip clip, DataSet data, TrainingSettings settings, Path features, String message) {
        assertThatExceptionOfType(SkipTuningException.class)
                .isThrownBy(() -> SkipTuning.builder(settings)
                        .build()
                        .withFeatures(features)
                        .fit(clip, data, TrainingListener.none())
                        .close())
                .withMessageContaining(message);
    }
}
