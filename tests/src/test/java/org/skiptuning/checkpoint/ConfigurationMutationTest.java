package org.skiptuning.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.skiptuning.CheckpointException;
import org.skiptuning.Precision;
import org.skiptuning.ffi.NativeBuffer;
import org.skiptuning.ffi.NativeContext;
import org.skiptuning.ffi.NativeModel;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Every value of a checkpoint's small files replaced by what doesn't belong there: the checkpoint works then, or is
 * refused in one line that names its folder.
 */
class ConfigurationMutationTest {
    private static final long SEED = 20250611;
    /** Of a vocabulary's thousands. */
    private static final int MOST_PLACES = 40;

    private static final String[] VALUES = {
        "null",
        "true",
        "\"\"",
        "\"text\"",
        "\"7\"",
        "-1",
        "0",
        "0.5",
        "2147483647",
        "9223372036854775808",
        "1e39",
        "-1e400",
        "1" + "0".repeat(400),
        "[]",
        "[1,2,3]",
        "[null,null,null]",
        "{}",
        "{\"height\":-5,\"width\":\"x\"}",
        "[".repeat(70) + "]".repeat(70),
        "\"" + "x".repeat(5000) + "\\u001b[2J\\n\"",
    };

    private static NativeContext context;

    @TempDir
    private Path folder;

    @BeforeAll
    static void open() {
        context = NativeContext.create("cpu", 1);
    }

    @AfterAll
    static void close() {
        context.close();
    }

    @ParameterizedTest
    @CsvSource({
        "hugging_face, config.json",
        "hugging_face, preprocessor_config.json",
        "hugging_face, tokenizer_config.json",
        "hugging_face, tokenizer.json",
        "hugging_face, vocab.json",
        "open_clip, open_clip_config.json",
        "open_clip, vocabulary.json",
        "custom_text, open_clip_config.json",
    })
    void anOddValueIsRefusedOrHarmless(String checkpoint, String name) throws IOException {
        copy(Golden.path(checkpoint));
        if (name.equals("vocab.json")) {
            Files.delete(folder.resolve("tokenizer.json"));
        }
        var original = JsonMapper.shared().readTree(Files.readString(folder.resolve(name)));
        List<Place> places = new ArrayList<>();
        collect(original, new ArrayList<>(), places);
        var random = new Random(SEED);
        while (places.size() > MOST_PLACES) {
            places.remove(random.nextInt(places.size()));
        }
        for (var place : places) {
            for (var value : VALUES) {
                Files.writeString(folder.resolve(name), place.replaced(original, value));
                requireWorksOrIsRefused(place + " = " + value.substring(0, Math.min(30, value.length())));
            }
            Files.writeString(folder.resolve(name), place.removed(original));
            requireWorksOrIsRefused(place + " removed");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "hugging_face, config.json",
        "hugging_face, preprocessor_config.json",
        "hugging_face, tokenizer.json",
        "open_clip, open_clip_config.json",
        "open_clip, vocabulary.json",
    })
    void oddBytesAreRefusedOrHarmless(String checkpoint, String name) throws IOException {
        copy(Golden.path(checkpoint));
        var original = Files.readAllBytes(folder.resolve(name));
        var random = new Random(SEED);
        for (int round = 0; round < 100; round++) {
            var bytes = round % 4 == 0
                    ? java.util.Arrays.copyOf(original, random.nextInt(original.length))
                    : original.clone();
            for (int change = 0; bytes.length > 0 && change < 1 + round % 3; change++) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
            }
            Files.write(folder.resolve(name), bytes);
            requireWorksOrIsRefused("round " + round + " of seed " + SEED);
        }
    }

    @Test
    void aBrokenFileIsToldOfInPlainWords() throws IOException {
        copy(Golden.path("open_clip"));
        var file = folder.resolve("open_clip_config.json");
        var texts =
                List.of("{\"model_cfg\":", "// hi\n{}", "{\"a\":NaN}", "[".repeat(100_000), "{}}", "{\"a\":1,\"a\":2}");
        var reasons = List.of(
                "it ends too early",
                "line 1, column 1: an unexpected character or word",
                "line 1, column 9: an unexpected character or word",
                "it is nested too deeply, or a text or number is too long",
                "line 1, column 3: an unexpected character or word",
                "line 1, column 11: \"a\" is there twice");
        for (int index = 0; index < texts.size(); index++) {
            Files.writeString(file, texts.get(index));
            assertThat(refusal()).contains(file + " isn't valid JSON: " + reasons.get(index));
        }
    }

    private void copy(Path source) throws IOException {
        try (var files = Files.list(source)) {
            for (var file : files.toList()) {
                Files.copy(file, folder.resolve(file.getFileName().toString()));
            }
        }
    }

    private Optional<String> refusal() {
        try (var checkpoint = Checkpoint.open(folder, Optional.empty())) {
            encode(checkpoint);
            return Optional.empty();
        } catch (CheckpointException refused) {
            return Optional.of(String.valueOf(refused.getMessage()));
        }
    }

    private void requireWorksOrIsRefused(String what) {
        try {
            refusal()
                    .ifPresent(message -> assertThat(message)
                            .as(what)
                            .contains(folder.toString())
                            .doesNotContain(
                                    "\n",
                                    "\u001b",
                                    "JsonNode",
                                    "Feature",
                                    "START_",
                                    "VALUE_",
                                    "tools.jackson",
                                    "deserialize")
                            .hasSizeLessThan(600));
        } catch (RuntimeException unexpected) {
            throw new AssertionError(what + ": " + unexpected, unexpected);
        }
    }

    /** What is read is used, too: a text is cut into tokens and goes through the core. */
    private static void encode(Checkpoint checkpoint) {
        var ids = checkpoint.tokenizer().encode("a photo of a cat");
        try (var model = NativeModel.create(context, checkpoint.configuration().toNativeJson(), checkpoint.tensors());
                var tokens = NativeBuffer.allocate((long) ids.length * Long.BYTES);
                var features =
                        NativeBuffer.allocate((long) checkpoint.configuration().embedDim() * Float.BYTES)) {
            tokens.putLongs(0, ids, 0, ids.length);
            model.encodeTexts(Precision.FP32, tokens, 1, ids.length, features);
        }
    }

    /** The way to a value: keys, and indices as texts. */
    private record Place(List<String> steps) {
        String replaced(JsonNode original, String value) {
            // As text, for a parser might not give the odd value back as it is.
            var marked = original.deepCopy();
            put(marked, JsonMapper.shared().readTree("\"@@@\""));
            return marked.toString().replace("\"@@@\"", value);
        }

        String removed(JsonNode original) {
            var copy = original.deepCopy();
            switch (parent(copy)) {
                case ObjectNode object -> object.remove(steps.getLast());
                case ArrayNode array -> array.remove(Integer.parseInt(steps.getLast()));
                default -> throw new AssertionError(this);
            }
            return copy.toString();
        }

        private void put(JsonNode root, JsonNode value) {
            switch (parent(root)) {
                case ObjectNode object -> object.set(steps.getLast(), value);
                case ArrayNode array -> array.set(Integer.parseInt(steps.getLast()), value);
                default -> throw new AssertionError(this);
            }
        }

        private JsonNode parent(JsonNode root) {
            var node = root;
            for (var step : steps.subList(0, steps.size() - 1)) {
                node = node.isArray() ? node.get(Integer.parseInt(step)) : node.get(step);
            }
            return node;
        }

        @Override
        public String toString() {
            return String.join("/", steps);
        }
    }

    private static void collect(JsonNode node, List<String> steps, List<Place> places) {
        if (!steps.isEmpty()) {
            places.add(new Place(List.copyOf(steps)));
        }
        var keys = new ArrayList<String>(node.propertyNames());
        for (int index = 0; node.isArray() && index < node.size(); index++) {
            keys.add(Integer.toString(index));
        }
        for (var key : keys) {
            steps.add(key);
            collect(node.isArray() ? node.get(Integer.parseInt(key)) : node.get(key), steps, places);
            steps.removeLast();
        }
    }
}
