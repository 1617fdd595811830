package org.skiptuning;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TunedRecordTest {
    @TempDir
    Path folder;

    private static TunedRecord record(Optional<Evaluation> evaluation) {
        return new TunedRecord(
                "00ff",
                "pets",
                List.of("cat", "dog"),
                "a photo of a {}.",
                true,
                SkipTuning.builder().settings(),
                new TrainingResult(0.1, 0.2, 30, 4.5, 1.5, 1L << 40, 1 << 20, 12, evaluation));
    }

    @Test
    void readsWhatItWrote() {
        record(Optional.empty()).write(folder);

        assertThat(TunedRecord.read(folder)).isEqualTo(record(Optional.empty()));
    }

    @Test
    void aHuggingFaceConfigurationKeepsItsOwnEntries() throws IOException {
        Files.writeString(folder.resolve("config.json"), "{\"model_type\":\"clip\",\"projection_dim\":512}");

        record(Optional.empty()).write(folder);

        var tree = SettingsJson.MAPPER.readTree(Files.readString(folder.resolve("config.json")));
        assertThat(tree.get("model_type").stringValue()).isEqualTo("clip");
        assertThat(tree.get("projection_dim").intValue()).isEqualTo(512);
        assertThat(TunedRecord.read(folder).dataSet()).isEqualTo("pets");
    }

    @Test
    void keepsTheCountsOfAnEvaluationWithoutItsPictures() {
        var evaluation = new Evaluation(
                1, 1, List.of(new ClassResult(0, "cat", 1, 1)), List.of(new ImageResult(Path.of("a.png"), 0, 0, 0.5)));

        record(Optional.of(evaluation)).write(folder);

        assertThat(TunedRecord.read(folder).result().evaluation())
                .contains(new Evaluation(1, 1, evaluation.perClass(), List.of()));
    }

    @Test
    void otherFoldersAreNoFineTunedModels() throws IOException {
        assertThatExceptionOfType(CheckpointException.class)
                .isThrownBy(() -> TunedRecord.read(folder))
                .withMessageContaining("is no fine-tuned model");
        Files.writeString(folder.resolve("config.json"), "{}");
        assertThatExceptionOfType(CheckpointException.class)
                .isThrownBy(() -> TunedRecord.read(folder))
                .withMessageContaining("has no entry skip_tuning");
        Files.writeString(folder.resolve("config.json"), "{");
        assertThatExceptionOfType(CheckpointException.class)
                .isThrownBy(() -> TunedRecord.read(folder))
                .withMessageContaining("Unusable JSON");
    }
}
