package org.skiptuning.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.skiptuning.CheckpointException;
import org.skiptuning.ffi.ElementType;
import org.skiptuning.ffi.TensorView;

class CheckpointSaveTest {
    private static final String ATTENTION = "transformer.resblocks.0.attn.in_proj_";

    @TempDir
    private Path folder;

    @ParameterizedTest
    @CsvSource({"openai", "open_clip", "custom_text", "hugging_face"})
    void trainedTensorsAreReplacedAndTheRestIsKept(String name) {
        var target = folder.resolve("saved");
        try (var original = Checkpoint.open(Golden.path(name), Optional.empty())) {
            int width = original.configuration().text().width();
            int embed = original.configuration().embedDim();
            var trained = Map.of(
                    "text_projection",
                    Tensors.counting("text_projection", 0.5f, width, embed),
                    "visual.ln_post.bias",
                    Tensors.counting(
                            "visual.ln_post.bias",
                            3,
                            original.configuration().image().width()),
                    ATTENTION + "weight",
                    Tensors.counting("w", -9, 3L * width, width),
                    ATTENTION + "bias",
                    Tensors.counting("b", -5, 3L * width));
            original.save(target, canonical -> Optional.ofNullable(trained.get(canonical)));

            try (var saved = Checkpoint.open(target, Optional.empty())) {
                assertThat(saved.naming()).isEqualTo(original.naming());
                assertThat(saved.configuration()).isEqualTo(original.configuration());
                assertThat(saved.preprocessing()).isEqualTo(original.preprocessing());
                assertThat(saved.tokenizer().encode("a photo of a cat."))
                        .isEqualTo(original.tokenizer().encode("a photo of a cat."));
                assertReplaced(byName(original), byName(saved), trained, width);
            }
        }
    }

    private static void assertReplaced(
            Map<String, TensorView> original,
            Map<String, TensorView> saved,
            Map<String, TensorView> trained,
            int width) {
        assertThat(saved.keySet()).isEqualTo(original.keySet());
        saved.forEach((name, tensor) -> {
            var part = "qkv".indexOf(name.replaceAll("^transformer\\.resblocks\\.0\\.attn\\.([qkv])_proj\\..*", "$1"));
            if (trained.containsKey(name)) {
                assertThat(tensor.type()).isEqualTo(ElementType.FLOAT32);
                assertThat(Tensors.values(tensor)).as(name).isEqualTo(Tensors.values(trained.get(name)));
            } else if (name.contains("transformer.resblocks.0.attn.") && !name.startsWith("visual") && part >= 0) {
                var stacked = Tensors.values(trained.get(ATTENTION + name.substring(name.lastIndexOf('.') + 1)));
                var third = java.util.Arrays.copyOfRange(
                        stacked, part * stacked.length / 3, (part + 1) * stacked.length / 3);
                assertThat(Tensors.values(tensor)).as(name).isEqualTo(third);
            } else {
                assertThat(tensor.type()).as(name).isEqualTo(original.get(name).type());
                assertThat(Tensors.values(tensor)).as(name).isEqualTo(Tensors.values(original.get(name)));
            }
        });
    }

    @Test
    void constantsOfTheProgramAreLeftOutSinceOpenClipRefusesThem() {
        try (var original = Checkpoint.open(Golden.path("openai"), Optional.empty())) {
            assertThat(original.weights().tensors())
                    .extracting(TensorView::name)
                    .contains("attn_mask", "input_resolution");
            original.save(folder.resolve("saved"), name -> Optional.empty());
            try (var saved = SafetensorsFile.open(folder.resolve("saved/model.safetensors"))) {
                assertThat(saved.tensors())
                        .extracting(TensorView::name)
                        .containsExactlyInAnyOrderElementsOf(original.tensors().stream()
                                .map(TensorView::name)
                                .toList());
            }
        }
    }

    @Test
    void companionsAreCopiedAndNothingElseIsLeft() throws IOException {
        try (var original = Checkpoint.open(Golden.path("hugging_face"), Optional.empty())) {
            original.save(folder.resolve("a"), name -> Optional.empty());
        }
        for (var name : new String[] {
            "config.json",
            "preprocessor_config.json",
            "tokenizer.json",
            "vocab.json",
            "merges.txt",
            "tokenizer_config.json"
        }) {
            assertThat(folder.resolve("a").resolve(name)).hasSameBinaryContentAs(Golden.path("hugging_face/" + name));
        }
        try (var files = Files.list(folder.resolve("a"))) {
            assertThat(files).hasSize(7);
        }
    }

    @Test
    void theModelThatWasReadIsNotOverwritten() throws IOException {
        var home = Files.createDirectories(folder.resolve("model"));
        for (var name : new String[] {"config.json", "tokenizer.json", "model.safetensors"}) {
            Files.copy(Golden.path("hugging_face/" + name), home.resolve(name));
        }
        try (var checkpoint = Checkpoint.open(home, Optional.empty())) {
            assertThatThrownBy(() -> checkpoint.save(home, name -> Optional.empty()))
                    .isInstanceOf(CheckpointException.class)
                    .hasMessageContaining("save to another folder");
        }
        assertThat(home.resolve("model.safetensors"))
                .hasSameBinaryContentAs(Golden.path("hugging_face/model.safetensors"));
    }

    @Test
    void aTrainedTensorOfAnotherShapeIsTheCallersMistake() {
        try (var checkpoint = Checkpoint.open(Golden.path("open_clip"), Optional.empty())) {
            assertThatThrownBy(() ->
                            checkpoint.save(folder.resolve("a"), name -> Optional.of(Tensors.counting("x", 0, 3))))
                    .isInstanceOf(IllegalArgumentException.class);
        }
        assertThat(folder.resolve("a")).doesNotExist();
    }

    private static Map<String, TensorView> byName(Checkpoint checkpoint) {
        var tensors = new TreeMap<String, TensorView>();
        checkpoint.tensors().forEach(tensor -> tensors.put(tensor.name(), tensor));
        return tensors;
    }
}
