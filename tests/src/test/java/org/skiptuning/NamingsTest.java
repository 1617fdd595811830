package org.skiptuning;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Fine-tuning keeps the kind of checkpoint it was given. */
class NamingsTest {
    private static final LoadOptions CPU =
            LoadOptions.defaults().withDevice(Device.cpu()).withThreads(1);
    private static final Path CHECKPOINTS = Path.of("src/test/resources/golden/checkpoint");

    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"openai/tiny.pt", "open_clip", "hugging_face", "custom_text"})
    void aFineTunedModelIsLoadedAgainWithTheSameFeatures(String checkpoint) throws IOException {
        var tuned = folder.resolve("tuned");
        var texts = List.of("a photo of a cat.", "zwei Hunde");
        float[] before;
        float[] after;
        String naming;
        try (var clip = Clip.load(CHECKPOINTS.resolve(checkpoint), CPU)) {
            naming = clip.info().naming();
            before = clip.encodeTexts(texts).toArray();
            after = train(clip, tuned, texts);
        }

        try (var loaded = FineTuned.load(tuned, CPU)) {
            assertThat(loaded.info().naming()).isEqualTo(naming);
            assertThat(loaded.encodeTexts(texts).toArray()).isEqualTo(after).isNotEqualTo(before);
        }
    }

    private float[] train(Clip clip, Path directory, List<String> texts) throws IOException {
        var data = TinyPictures.write(folder.resolve("pictures"), 4, 4, 0);
        var tuning = SkipTuningTest.quick()
                .startLayer(StartLayer.share(0.5))
                .epochs(1)
                .build();
        try (var tuned = tuning.fit(clip, data, TrainingListener.none(), directory, false)) {
            return tuned.encodeTexts(texts).toArray();
        }
    }

    @Test
    void aNewRunLeavesNothingOfAnOldOneOfAnotherKind() throws IOException {
        var tuned = folder.resolve("tuned");
        for (var checkpoint : List.of("hugging_face", "openai/tiny.pt")) {
            try (var clip = Clip.load(CHECKPOINTS.resolve(checkpoint), CPU)) {
                train(clip, tuned, List.of("a"));
            }
        }

        assertThat(tuned.resolve("open_clip_config.json")).exists();
        assertThat(tuned.resolve("preprocessor_config.json")).doesNotExist();
        assertThat(tuned.resolve("tokenizer.json")).doesNotExist();
        assertThat(tuned.resolve("vocab.json")).doesNotExist();
    }

    @Test
    void aHuggingFaceFolderKeepsItsConfiguration() throws IOException {
        var tuned = folder.resolve("tuned");
        try (var clip = Clip.load(CHECKPOINTS.resolve("hugging_face"), CPU)) {
            train(clip, tuned, List.of("a"));
        }

        var original = SettingsJson.MAPPER.readTree(
                Files.readString(CHECKPOINTS.resolve("hugging_face").resolve("config.json")));
        var saved = SettingsJson.MAPPER.readTree(Files.readString(tuned.resolve("config.json")));
        assertThat(saved.get("vision_config")).isEqualTo(original.get("vision_config"));
        assertThat(saved.get("text_config")).isEqualTo(original.get("text_config"));
        assertThat(saved.get("skip_tuning").get("settings").get("epochs").intValue())
                .isEqualTo(1);
        assertThat(tuned.resolve("preprocessor_config.json")).exists();
        assertThat(tuned.resolve("tokenizer.json")).exists();
    }
}
