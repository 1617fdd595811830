package org.skiptuning.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.skiptuning.CheckpointException;

class TokenizerFilesTest {
    private static final int SIZE = 614;

    @TempDir
    private Path folder;

    @Test
    void tokenizerJsonGivesWhatHuggingFacesLibraryGives() throws IOException {
        Files.copy(Golden.path("hugging_face/tokenizer.json"), folder.resolve("tokenizer.json"));
        assertGoldenTokens();
    }

    @Test
    void vocabularyAndMergesGiveTheSame() throws IOException {
        Files.copy(Golden.path("hugging_face/vocab.json"), folder.resolve("vocab.json"));
        Files.copy(Golden.path("hugging_face/merges.txt"), folder.resolve("merges.txt"));
        assertGoldenTokens();
    }

    private void assertGoldenTokens() {
        var tokenizer = (BytePairTokenizer) TokenizerFiles.open(folder, configuration(SIZE, 10));
        assertThat(tokenizer.start()).isEqualTo(SIZE - 2);
        assertThat(tokenizer.end()).isEqualTo(SIZE - 1);
        var golden = Golden.json("hugging_face/golden_tokens.json");
        assertThat(golden.size()).isEqualTo(9);
        for (var example : golden) {
            int[] expected = IntStream.range(0, example.get(1).size())
                    .map(i -> example.get(1).get(i).asInt())
                    .toArray();
            // What HTML stands for is no business of Hugging Face's tokenizer.
            assertThat(tokenizer.content(example.get(0).asString()))
                    .as(example.get(0).asString())
                    .isEqualTo(expected);
        }
    }

    @Test
    void aReducedVocabularyDropsWhatItDoesNotHold() throws IOException {
        var clip = BytePairTokenizer.clip(8);
        int cat = clip.content("cat")[0];
        int photo = clip.content("photo")[0];
        Files.writeString(folder.resolve("vocabulary.json"), "[" + photo + "," + cat + ",49406,49407]");
        var tokenizer = TokenizerFiles.open(folder, configuration(4, 8));
        assertThat(tokenizer.encode("Photo of a unicorn and a cat")).containsExactly(2, 0, 1, 3, 0, 0, 0, 0);
        assertThat(tokenizer.encode("unicorn")).containsExactly(2, 3, 0, 0, 0, 0, 0, 0);
        assertThat(tokenizer.encode("unicorn cat ".repeat(20))).containsExactly(2, 1, 1, 1, 1, 1, 1, 3);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "[320,49407,49406]",
                "[320,321,49406]",
                "[49406,49407]",
                "[320,320,49407]",
                "[-1,49406,49407]",
                "[1.5,49406,49407]",
                "{}",
                "[\"a\",49406,49407]",
                "[99999999999,49406,49407]",
                "[320,49406,49407",
                "",
            })
    void aBrokenReducedVocabularyIsRefused(String json) throws IOException {
        Files.writeString(folder.resolve("vocabulary.json"), json);
        assertThatThrownBy(() -> TokenizerFiles.open(folder, configuration(3, 8)))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContaining("vocabulary.json");
    }

    @Test
    void aVocabularyThatIsTooSmallForTheTokenizerIsRefused() {
        assertThatThrownBy(() -> TokenizerFiles.open(folder, configuration(1000, 8)))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContaining("vocabulary of 1000");
    }

    @Test
    void aTokenizerThatEndsTextsOtherwiseThanTheModelIsRefused() throws IOException {
        Files.copy(Golden.path("hugging_face/tokenizer.json"), folder.resolve("tokenizer.json"));
        var text = new ClipConfiguration.TextTower(8, SIZE, 1, 16, 2, 16);
        var image = new ClipConfiguration.ImageTower(8, 8, 1, 16, 2, 16);
        assertThatThrownBy(() ->
                        TokenizerFiles.open(folder, new ClipConfiguration(8, Activation.GELU, 1e-5, 7, image, text)))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContaining("pools at token 7");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"!\":0},\"merges\":[]",
                "{\"!\":\"x\"},\"merges\":[]",
                "{},\"merges\":[\"a\"]",
            })
    void aBrokenVocabularyIsRefused(String vocabulary) throws IOException {
        var whole = goldenJson();
        int model = whole.indexOf("\"vocab\"");
        Files.writeString(
                folder.resolve("tokenizer.json"), whole.substring(0, model) + "\"vocab\":" + vocabulary + "}}");
        assertThatThrownBy(() -> TokenizerFiles.open(folder, configuration(SIZE, 8)))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContaining("tokenizer.json")
                .hasMessageNotContaining("ai.djl");
    }

    @ParameterizedTest
    @ValueSource(strings = {"[]", "nonsense"})
    void aBrokenTokenizerJsonIsRefused(String json) throws IOException {
        Files.writeString(folder.resolve("tokenizer.json"), json);
        assertThatThrownBy(() -> TokenizerFiles.open(folder, configuration(SIZE, 8)))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContaining("tokenizer.json");
    }

    /** The library for other tokenizers is not on this class path. */
    @Test
    void anotherKindOfTokenizerNamesTheMissingArtifact() throws IOException {
        Files.writeString(folder.resolve("tokenizer.json"), "{\"model\":{\"type\":\"WordPiece\",\"vocab\":{}}}");
        assertThatThrownBy(() -> TokenizerFiles.open(folder, configuration(SIZE, 8)))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContaining("ai.djl.huggingface:tokenizers");
    }

    @Test
    void anotherKindOfTokenizerMustFitTheModelToo() throws IOException {
        Files.writeString(
                folder.resolve("tokenizer.json"),
                "{\"model\":{\"type\":\"Unigram\",\"vocab\":[[\"a\",0],[\"b\",0]]},\"added_tokens\":[{\"id\":7}]}");
        assertThatThrownBy(() -> TokenizerFiles.open(folder, configuration(7, 8)))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContaining("vocabulary of 7 tokens, but its tokenizer has 8");
    }

    /** Byte-level pairs with words that end in {@code </w>}, but cleaned or cut otherwise: CLIP's would give other tokens. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '#',
            quoteCharacter = '%',
            value = {
                "{\"type\":\"Lowercase\"}  # {\"type\":\"NFC\"}",
                "\"normalizer\":           # \"other\":",
                "'s|                       # %%",
                "\"invert\":true           # \"invert\":false",
                "\"add_prefix_space\":false,\"trim_offsets\":true # \"add_prefix_space\":true",
            })
    void aTokenizerThatCleansOrCutsOtherwiseIsNotClips(String part, String other) throws IOException {
        var json = goldenJson();
        assertThat(json).contains(part);
        Files.writeString(folder.resolve("tokenizer.json"), json.replace(part, other));
        assertThatThrownBy(() -> TokenizerFiles.open(folder, configuration(SIZE, 8)))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContaining("isn't a CLIP tokenizer");
    }

    /** Without spaces between the parts. */
    private static String goldenJson() {
        return Golden.json("hugging_face/tokenizer.json").toString();
    }

    private static ClipConfiguration configuration(int vocabulary, int context) {
        return new ClipConfiguration(
                8,
                Activation.GELU,
                1e-5,
                -1,
                new ClipConfiguration.ImageTower(8, 8, 1, 16, 2, 16),
                new ClipConfiguration.TextTower(context, vocabulary, 1, 16, 2, 16));
    }
}
