package org.skiptuning.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.skiptuning.CheckpointException;
import org.skiptuning.ffi.ElementType;
import org.skiptuning.ffi.TensorView;
import tools.jackson.databind.JsonNode;

class CheckpointTest {
    private static final JsonNode EXPECTED = Golden.json("expected.json");

    @ParameterizedTest
    @CsvSource({
        "openai/tiny.pt, openai, OPENAI, QUICK_GELU",
        "open_clip, open_clip, OPENAI, QUICK_GELU",
        "custom_text, custom_text, CUSTOM_TEXT, GELU",
        "hugging_face, hugging_face, HUGGING_FACE, GELU",
    })
    void everyFormatGivesTheTensorsOfItsTool(String path, String name, Naming naming, Activation activation) {
        try (var checkpoint = Checkpoint.open(Golden.path(path), Optional.empty())) {
            assertThat(checkpoint.naming()).isEqualTo(naming);
            assertThat(checkpoint.configuration().activation()).isEqualTo(activation);
            assertTensors(checkpoint.tensors(), EXPECTED.get(name).get("tensors"));
            assertTokens(checkpoint.tokenizer(), EXPECTED.get(name).get("tokens"));
        }
    }

    @Test
    void trainingCheckpointsAreUnwrappedAndStridesKept() {
        var config = Golden.path("open_clip/open_clip_config.json").toString();
        assertThatThrownBy(() -> Checkpoint.open(Golden.path("training"), Optional.of(config)))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContaining("vocabulary.json");
        try (var weights = TorchArchive.open(Golden.path("training/epoch_3.pt"))) {
            assertTensors(weights.tensors(), EXPECTED.get("open_clip").get("tensors"));
            assertThat(weights.tensors()).anyMatch(tensor -> !tensor.isContiguous());
            assertThat(weights.tensors())
                    .extracting(TensorView::type)
                    .contains(ElementType.FLOAT16, ElementType.FLOAT64);
            assertThat(weights.isTorchScript()).isFalse();
        }
    }

    @Test
    void configurationsComeFromTheirFiles() {
        try (var openClip = Checkpoint.open(Golden.path("open_clip"), Optional.empty());
                var huggingFace = Checkpoint.open(Golden.path("hugging_face/model.safetensors"), Optional.empty());
                var openAi = Checkpoint.open(Golden.path("openai"), Optional.empty())) {
            var vocabulary = openClip.configuration().text().vocabulary();
            assertThat(openClip.configuration())
                    .isEqualTo(new ClipConfiguration(
                            20,
                            Activation.QUICK_GELU,
                            1e-5,
                            -1,
                            new ClipConfiguration.ImageTower(24, 8, 2, 24, 3, 48),
                            new ClipConfiguration.TextTower(12, vocabulary, 1, 16, 2, 48)));
            assertThat(openClip.preprocessing())
                    .isEqualTo(new Preprocessing(
                            24, List.of(0.5f, 0.25f, 0.75f), List.of(0.5f, 0.25f, 0.125f), ResizeMode.SQUASH));
            assertThat(huggingFace.configuration())
                    .isEqualTo(new ClipConfiguration(
                            20,
                            Activation.GELU,
                            1e-5,
                            613,
                            new ClipConfiguration.ImageTower(24, 6, 2, 24, 2, 32),
                            new ClipConfiguration.TextTower(10, 614, 1, 16, 4, 40)));
            assertThat(huggingFace.preprocessing().mean()).containsExactly(0.1f, 0.2f, 0.3f);
            assertThat(openAi.configuration())
                    .isEqualTo(new ClipConfiguration(
                            32,
                            Activation.QUICK_GELU,
                            1e-5,
                            -1,
                            new ClipConfiguration.ImageTower(32, 8, 1, 64, 1, 64),
                            new ClipConfiguration.TextTower(12, vocabulary, 1, 64, 1, 64)));
            assertThat(openAi.preprocessing()).isEqualTo(Preprocessing.openAi(32));
        }
    }

    @Test
    void nativeJsonIsWhatTheCoreDocuments() {
        assertThat(ConfigurationTemplates.named("ViT-B-16-quickgelu").toNativeJson())
                .isEqualTo(
                        "{\"embed_dim\":512,\"activation\":\"quick_gelu\",\"layer_norm_epsilon\":1.0E-5,\"end_of_text\":-1,"
                                + "\"image\":{\"size\":224,\"patch\":16,\"layers\":12,\"width\":768,\"heads\":12,\"mlp_width\":3072},"
                                + "\"text\":{\"context\":77,\"vocabulary\":49408,\"layers\":12,\"width\":512,\"heads\":8,\"mlp_width\":2048}}");
    }

    @Test
    void templatesAreOpenClips() {
        assertThat(ConfigurationTemplates.named("ViT-bigG-14").image())
                .isEqualTo(new ClipConfiguration.ImageTower(224, 14, 48, 1664, 16, 8192));
        assertThat(ConfigurationTemplates.named("ViT-H-14").image())
                .isEqualTo(new ClipConfiguration.ImageTower(224, 14, 32, 1280, 16, 5120));
        for (var name : ConfigurationTemplates.NAMES) {
            assertThat(ConfigurationTemplates.named(name).activation())
                    .isEqualTo(name.endsWith("quickgelu") ? Activation.QUICK_GELU : Activation.GELU);
        }
        assertThatThrownBy(() -> ConfigurationTemplates.named("ViT-B/16"))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContaining("ViT-B-16-quickgelu");
    }

    @Test
    void bareWeightsAreNotGuessed(@TempDir Path folder) throws IOException {
        Files.copy(Golden.path("open_clip/open_clip_model.safetensors"), folder.resolve("weights.safetensors"));
        Files.copy(Golden.path("open_clip/vocabulary.json"), folder.resolve("vocabulary.json"));
        assertThatThrownBy(() -> Checkpoint.open(folder, Optional.empty()))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContaining("weights.safetensors")
                .hasMessageContaining("--config");
        assertThatThrownBy(() -> Checkpoint.open(folder, Optional.of("ViT-B-32")))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContaining(
                        "tensor visual.class_embedding has shape [24] where the configuration needs [768]");
        var config = Golden.path("open_clip/open_clip_config.json").toString();
        try (var checkpoint = Checkpoint.open(folder, Optional.of(config))) {
            assertThat(checkpoint.configuration().image().heads()).isEqualTo(3);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "\"hf_tokenizer_name\":\"bert-base-uncased\" | names the tokenizer \"bert-base-uncased\"",
                "\"tokenizer_kwargs\":{\"clean\":\"canonicalize\"} | \"clean\" is \"canonicalize\"",
                "\"tokenizer_kwargs\":{\"reduction_mask\":\"simple\"} | \"reduction_mask\"",
            })
    void anotherTokenizerThanClipsMustBeThere(String option, String message, @TempDir Path folder) throws IOException {
        copyOpenClip(folder);
        var config = Files.readString(folder.resolve("open_clip_config.json"));
        Files.writeString(
                folder.resolve("open_clip_config.json"),
                config.replace("\"context_length\"", option + ",\"context_length\""));
        assertThatThrownBy(() -> Checkpoint.open(folder, Optional.empty()))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContainingAll("open_clip_config.json", message);
    }

    @Test
    void weightsOfAnUnsupportedTypeAreNamed(@TempDir Path folder) throws IOException {
        copyOpenClip(folder);
        var file = folder.resolve("open_clip_model.safetensors");
        var bytes = new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1);
        Files.write(
                file,
                bytes.replaceFirst("\"dtype\":\"F32\"", "\"dtype\":\"U32\"").getBytes(StandardCharsets.ISO_8859_1));
        assertThatThrownBy(() -> Checkpoint.open(folder, Optional.empty()))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContainingAll(file.toString(), " as U32, which isn't supported", "to float16 or float32");
    }

    @Test
    void aFileOfNothingElseIsToldByItsTypes(@TempDir Path folder) throws IOException {
        copyOpenClip(folder);
        var file = folder.resolve("open_clip_model.safetensors");
        var bytes = new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1);
        Files.write(
                file, bytes.replace("\"dtype\":\"F32\"", "\"dtype\":\"U32\"").getBytes(StandardCharsets.ISO_8859_1));
        assertThatThrownBy(() -> Checkpoint.open(folder, Optional.empty()))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContainingAll(file.toString(), " as U32 (and ", " more so), which isn't supported");
    }

    @Test
    void aTensorOfManyAxesIsNamed(@TempDir Path folder) throws IOException {
        var header =
                "{\"ln_final.weight\":{\"dtype\":\"F32\",\"shape\":[" + "1,".repeat(13) + "1],\"data_offsets\":[0,4]}}";
        var file =
                ByteBuffer.allocate(Long.BYTES + header.length() + Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        file.putLong(header.length()).put(header.getBytes(StandardCharsets.US_ASCII));
        Files.write(folder.resolve("model.safetensors"), file.array());
        assertThatThrownBy(() -> Checkpoint.open(folder, Optional.empty()))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContaining("model.safetensors: tensor ln_final.weight has 14 axes");
    }

    @ParameterizedTest
    @ValueSource(strings = {"resume.safetensors", "state.safetensors"})
    void anUnfinishedRunIsNoModel(String state, @TempDir Path folder) throws IOException {
        Files.copy(Golden.path("open_clip/open_clip_model.safetensors"), folder.resolve(state));
        assertThatThrownBy(() -> Checkpoint.open(folder, Optional.empty()))
                .isInstanceOf(CheckpointException.class)
                .hasMessage(folder + " holds a run that isn't finished, and no model yet: finish it with --resume");
        assertThatThrownBy(() -> Checkpoint.open(folder.resolve(state), Optional.empty()))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContaining("is the state of a run, not a model: finish the run with --resume");
    }

    @Test
    void linksToNothingAreTold(@TempDir Path folder) throws IOException {
        var circle = folder.resolve("circle");
        Files.createSymbolicLink(circle, circle);
        assertThatThrownBy(() -> Checkpoint.open(circle, Optional.empty()))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContaining(circle + " cannot be reached: Too many levels of symbolic links");
        var model = Files.createDirectory(folder.resolve("model"));
        copyOpenClip(model);
        Files.delete(model.resolve("vocabulary.json"));
        Files.createSymbolicLink(model.resolve("vocabulary.json"), Path.of("../blobs/1234"));
        assertThatThrownBy(() -> Checkpoint.open(model, Optional.empty()))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContaining("vocabulary.json is a link to something that does not exist");
    }

    private static void copyOpenClip(Path folder) throws IOException {
        for (var name : List.of("open_clip_config.json", "open_clip_model.safetensors", "vocabulary.json")) {
            Files.copy(Golden.path("open_clip/" + name), folder.resolve(name));
        }
    }

    @Test
    void contentHashIsSha256OfTheWeights() throws Exception {
        var file = Golden.path("open_clip/open_clip_model.safetensors");
        var digest = java.security.MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file));
        try (var checkpoint = Checkpoint.open(Golden.path("open_clip"), Optional.empty())) {
            assertThat(checkpoint.contentHash())
                    .isEqualTo(java.util.HexFormat.of().formatHex(digest));
        }
    }

    static void assertTensors(List<TensorView> tensors, JsonNode expected) {
        var sums = new TreeMap<String, List<Number>>();
        for (var tensor : tensors) {
            double[] sum = {0, 0};
            Elements.forEach(tensor, (place, offset) -> {
                double value = value(tensor, offset);
                sum[0] += value;
                sum[1] += value * (place % 7 + 1);
            });
            sums.put(tensor.name(), List.of(sum[0], sum[1]));
            var shape = new ArrayList<Long>();
            expected.path(tensor.name()).path(0).forEach(size -> shape.add(size.asLong()));
            assertThat(tensor.shape())
                    .as(tensor.name())
                    .containsExactly(shape.stream().mapToLong(Long::longValue).toArray());
        }
        assertThat(sums.keySet()).isEqualTo(new java.util.TreeSet<>(expected.propertyNames()));
        sums.forEach((name, sum) -> {
            assertThat(sum.get(0).doubleValue())
                    .as(name)
                    .isCloseTo(expected.get(name).get(1).asDouble(), within(1e-6));
            assertThat(sum.get(1).doubleValue())
                    .as(name)
                    .isCloseTo(expected.get(name).get(2).asDouble(), within(1e-6));
        });
    }

    private static void assertTokens(Tokenizer tokenizer, JsonNode expected) {
        String[] phrases = {"a photo of a cat.", "a picture of two dogs, running", "It's 3 red cars!"};
        for (int index = 0; index < phrases.length; index++) {
            var row = new ArrayList<Long>();
            expected.get(index).forEach(token -> row.add(token.asLong()));
            assertThat(tokenizer.encode(phrases[index]))
                    .as(phrases[index])
                    .containsExactly(row.stream().mapToLong(Long::longValue).toArray());
        }
    }

    private static double value(TensorView tensor, long offset) {
        long place = offset * tensor.type().bytes();
        return switch (tensor.type()) {
            case FLOAT32 -> tensor.buffer().getFloat(place);
            case FLOAT64 -> tensor.buffer().getDouble(place);
            case FLOAT16 -> Float.float16ToFloat(tensor.buffer().getShort(place));
            case BFLOAT16 -> Float.intBitsToFloat(tensor.buffer().getShort(place) << 16);
            default -> throw new AssertionError(tensor.toString());
        };
    }
}
