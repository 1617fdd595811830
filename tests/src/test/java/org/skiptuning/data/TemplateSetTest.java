package org.skiptuning.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TemplateSetTest {
    private static DataSet data(String key) {
        return new DataSet("d", List.of("great_white_shark", "cat"), List.of(), List.of(), List.of(), key);
    }

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '\'',
            value = {
                "coop, OxfordPets, 'a photo of a great white shark, a type of pet.'",
                "coop, EuroSAT, a centered satellite photo of great white shark.",
                "coop, DescribableTextures, great white shark texture.",
                "coop, ImageNetSketch, a photo of a great white shark.",
                "coop, '', a photo of a great white shark.",
                "skip-tuning, ImageNetSketch, a sketch of a great white shark.",
                "skip-tuning, Caltech101, itap of a great white shark.",
                "skip-tuning, UCF101, 'a photo of a great white shark, a type of sport.'",
                "skip-tuning, SUN397, a photo of a great white shark.",
                "skip-tuning, '', a photo of a great white shark.",
                "'{}, seen_twice: {}', OxfordPets, 'great white shark, seen_twice: great white shark'"
            })
    void promptsFollowTheSetAndTheDataSet(String set, String key, String prompt) {
        assertThat(TemplateSet.of(set).prompt(data(key), "great_white_shark")).isEqualTo(prompt);
    }

    @Test
    void promptsComeInTheOrderOfLabels() {
        assertThat(TemplateSet.COOP.prompts(data("Food101")))
                .containsExactly("a photo of great white shark, a type of food.", "a photo of cat, a type of food.");
    }

    @Test
    void aTextWithoutAGapIsNoSet() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> TemplateSet.of("clip"))
                .withMessageContaining("use skip-tuning, coop, kgcoop");
    }
}
