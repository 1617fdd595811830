package org.skiptuning.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.skiptuning.CheckpointException;
import org.skiptuning.ffi.TensorView;
import tools.jackson.databind.json.JsonMapper;

/** Hugging Face's checkpoints of several files. */
class ShardedWeightsTest {
    private static final String INDEX = "model.safetensors.index.json";
    private static final String FIRST = "model-00001-of-00002.safetensors";
    private static final String SECOND = "model-00002-of-00002.safetensors";

    @TempDir
    private Path folder;

    private final Map<String, String> places = new TreeMap<>();

    @BeforeEach
    void split() throws IOException {
        for (var name : List.of("config.json", "preprocessor_config.json", "tokenizer.json")) {
            Files.copy(Golden.path("hugging_face/" + name), folder.resolve(name));
        }
        try (var whole = SafetensorsFile.open(Golden.path("hugging_face/model.safetensors"))) {
            int half = whole.tensors().size() / 2;
            write(FIRST, whole.tensors().subList(0, half));
            write(SECOND, whole.tensors().subList(half, whole.tensors().size()));
        }
        writeIndex();
    }

    private void write(String name, List<TensorView> tensors) {
        SafetensorsWriter.write(folder.resolve(name), tensors, Map.of("format", "pt"));
        tensors.forEach(tensor -> places.put(tensor.name(), name));
    }

    private void writeIndex() throws IOException {
        Files.writeString(
                folder.resolve(INDEX),
                JsonMapper.shared()
                        .writeValueAsString(Map.of("metadata", Map.of("total_size", 1), "weight_map", places)));
    }

    private void refuses(String... message) {
        assertThatExceptionOfType(CheckpointException.class)
                .isThrownBy(() -> Checkpoint.open(folder, Optional.empty()).close())
                .withMessageContainingAll(message);
    }

    @Test
    void allPartsTogetherAreTheModel() {
        try (var checkpoint = Checkpoint.open(folder, Optional.empty());
                var byIndex = Checkpoint.open(folder.resolve(INDEX), Optional.empty())) {
            CheckpointTest.assertTensors(
                    checkpoint.tensors(),
                    Golden.json("expected.json").get("hugging_face").get("tensors"));
            assertThat(byIndex.contentHash()).isEqualTo(checkpoint.contentHash());
            assertThat(checkpoint.isFrom(folder.resolve(SECOND))).isTrue();
            assertThat(checkpoint.isFrom(folder.resolve("config.json"))).isFalse();
        }
    }

    @Test
    void savedIsOneFile() {
        var target = folder.resolve("saved");
        try (var checkpoint = Checkpoint.open(folder, Optional.empty())) {
            checkpoint.save(target, name -> Optional.empty());
        }

        assertThat(target).isDirectoryNotContaining("glob:**index.json");
        try (var saved = Checkpoint.open(target, Optional.empty())) {
            CheckpointTest.assertTensors(
                    saved.tensors(),
                    Golden.json("expected.json").get("hugging_face").get("tensors"));
        }
    }

    @Test
    void theHashIsThatOfEveryPart() throws IOException {
        String before;
        try (var checkpoint = Checkpoint.open(folder, Optional.empty())) {
            before = checkpoint.contentHash();
        }
        var bytes = Files.readAllBytes(folder.resolve(SECOND));
        bytes[bytes.length - 1] ^= 1;
        Files.write(folder.resolve(SECOND), bytes);
        try (var checkpoint = Checkpoint.open(folder, Optional.empty())) {
            assertThat(checkpoint.contentHash()).isNotEqualTo(before);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "../model-00001-of-00002.safetensors",
                "/etc/passwd.bin",
                "sub/model.safetensors",
                "sub\\model.safetensors",
                "..",
                "",
                "model.txt",
                ".hidden.safetensors",
                "a\u001b[2J.safetensors",
            })
    void aPartIsAPlainNameInTheFolder(String name) throws IOException {
        places.put("logit_scale", name);
        writeIndex();

        refuses(INDEX, "\"logit_scale\" is \"", "must be the name of a .safetensors or .bin file in the same folder");
    }

    @Test
    void aMissingPartIsNamed() throws IOException {
        Files.delete(folder.resolve(SECOND));

        refuses(SECOND, "does not exist, which " + INDEX + " names: fetch all parts");
    }

    @Test
    void aTensorMustBeWhereTheIndexSays() throws IOException {
        places.put("logit_scale", places.get("logit_scale").equals(FIRST) ? SECOND : FIRST);
        writeIndex();

        refuses(INDEX, "says that tensor logit_scale is in", "which doesn't hold it");
    }

    @Test
    void noTensorMayBeThereTwice() {
        try (var whole = SafetensorsFile.open(Golden.path("hugging_face/model.safetensors"))) {
            SafetensorsWriter.write(folder.resolve(SECOND), whole.tensors(), Map.of());
        }

        refuses(SECOND, "which is in " + FIRST + ", too");
    }

    @Test
    void anIndexIsChecked() throws IOException {
        Files.writeString(folder.resolve(INDEX), "{\"weight_map\":{}}");
        refuses(INDEX, "names 0 files of weights");
        Files.writeString(folder.resolve(INDEX), "{}");
        refuses(INDEX, "has no \"weight_map\"");
        Files.writeString(folder.resolve(INDEX), "{\"weight_map\":{\"a\":1}}");
        refuses(INDEX, "\"a\" is 1 but must be a text");
        Files.delete(folder.resolve(INDEX));
        refuses(folder.toString(), "holds parts of a model, but not the " + INDEX);
    }

    @Test
    void onePartIsNoModel() {
        assertThatExceptionOfType(CheckpointException.class)
                .isThrownBy(() -> Checkpoint.open(folder.resolve(FIRST), Optional.empty()))
                .withMessageContaining(FIRST + " is only a part of a model: give the folder");
    }

    @Test
    void partsOfPyTorchAreRead() throws IOException {
        var target = Files.createDirectory(folder.resolve("bin"));
        for (var name : List.of("open_clip_config.json", "vocabulary.json")) {
            Files.copy(Golden.path("custom_text/" + name), target.resolve(name));
        }
        var shard = "pytorch_model-00001-of-00001.bin";
        Files.copy(Golden.path("custom_text/open_clip_pytorch_model.bin"), target.resolve(shard));
        Files.writeString(
                target.resolve("pytorch_model.bin.index.json"), "{\"weight_map\":{\"logit_scale\":\"" + shard + "\"}}");
        try (var checkpoint = Checkpoint.open(target, Optional.empty())) {
            CheckpointTest.assertTensors(
                    checkpoint.tensors(),
                    Golden.json("expected.json").get("custom_text").get("tensors"));
        }
    }
}
