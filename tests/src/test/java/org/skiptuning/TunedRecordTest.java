package org.skiptuning;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.skiptuning.data.TemplateSet;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

class TunedRecordTest {
    @TempDir
    Path folder;

    private static TunedRecord record(Optional<Evaluation> evaluation) {
        return new TunedRecord(
                "00ff",
                "ViT-B-16.pt",
                "pets",
                List.of("cat", "dog"),
                "OxfordPets",
                "a photo of a {}.",
                true,
                SkipTuning.builder().settings(),
                new TrainingResult(
                        Optional.of(0.1),
                        Optional.empty(),
                        30,
                        4.5,
                        1.5,
                        1L << 40,
                        1 << 20,
                        Optional.of(1024L),
                        12,
                        new TreeMap<>(Map.of("alpha", 1.5)),
                        evaluation));
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

    @Test
    void anEmptyEntryIsNone() throws IOException {
        Files.writeString(folder.resolve("config.json"), "{\"skip_tuning\":null}");

        assertThatExceptionOfType(CheckpointException.class)
                .isThrownBy(() -> TunedRecord.read(folder))
                .withMessageContaining(folder.resolve("config.json") + " has no entry skip_tuning");
    }

    @Test
    void anUnfinishedRunIsToldAsOne() throws IOException {
        Files.writeString(folder.resolve("resume.safetensors"), "");

        assertThatExceptionOfType(CheckpointException.class)
                .isThrownBy(() -> TunedRecord.read(folder))
                .withMessage(folder + " holds a run that isn't finished: finish it with --resume");
        Files.writeString(folder.resolve("config.json"), "{\"model_type\":\"clip\"}");
        assertThatExceptionOfType(CheckpointException.class)
                .isThrownBy(() -> TunedRecord.read(folder))
                .withMessage(folder.resolve("config.json")
                        + " has no entry skip_tuning: finish the run in this folder with --resume");
    }

    @Test
    void oddValuesAreNamedOrHarmless() throws IOException {
        var evaluation = new Evaluation(1, 1, List.of(new ClassResult(0, "cat", 1, 1)), List.of());
        record(Optional.of(evaluation)).write(folder);
        var file = folder.resolve("config.json");
        var root = (ObjectNode) SettingsJson.MAPPER.readTree(Files.readString(file));
        for (var path : paths(root.get("skip_tuning"), "/skip_tuning")) {
            for (var odd : List.of("null", "-1", "\"x\"", "1e400", "[]", "[null]", "{}", "{\"a\":1}", "\"\"")) {
                var copy = root.deepCopy();
                var end = path.lastIndexOf('/');
                var parent = copy.at(path.substring(0, end));
                if (parent instanceof ObjectNode object) {
                    object.put(path.substring(end + 1), "@@@");
                } else if (parent instanceof ArrayNode array) {
                    array.set(Integer.parseInt(path.substring(end + 1)), "@@@");
                }
                Files.writeString(file, copy.toString().replace("\"@@@\"", odd));
                try {
                    TemplateSet.of(TunedRecord.read(folder).template());
                } catch (CheckpointException refused) {
                    assertThat(refused.getMessage())
                            .as("%s = %s", path, odd)
                            .contains(file.toString())
                            .doesNotContain("\n", "Feature", "deserialize", "construct instance", "org.skiptuning")
                            .hasSizeLessThan(500);
                } catch (RuntimeException unexpected) {
                    throw new AssertionError(path + " = " + odd, unexpected);
                }
            }
        }
    }

    private static List<String> paths(JsonNode node, String path) {
        var all = new ArrayList<>(List.of(path));
        node.properties().forEach(entry -> all.addAll(paths(entry.getValue(), path + "/" + entry.getKey())));
        for (var index = 0; node.isArray() && index < node.size(); index++) {
            all.addAll(paths(node.get(index), path + "/" + index));
        }
        return all;
    }

    @Test
    void aMissingTemplateIsNamed() throws IOException {
        record(Optional.empty()).write(folder);
        var file = folder.resolve("config.json");
        var text = Files.readString(file);
        Files.writeString(file, text.replace("\"template\" : \"a photo of a {}.\"", "\"template\" : null"));
        assertThatExceptionOfType(CheckpointException.class)
                .isThrownBy(() -> TunedRecord.read(folder))
                .withMessageContaining("in " + file + ": \"template\" is missing or of the wrong kind");
        Files.writeString(file, text.replaceFirst("\"epochs\" : \\d+", "\"epochs\" : -1"));
        assertThatExceptionOfType(CheckpointException.class)
                .isThrownBy(() -> TunedRecord.read(folder))
                .withMessageContaining("epochs is -1: use 1 to");
    }
}
