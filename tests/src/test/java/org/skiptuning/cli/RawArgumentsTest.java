package org.skiptuning.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class RawArgumentsTest {
    /** Each character one byte. */
    private static byte[] commandLine(String latin) {
        return latin.getBytes(StandardCharsets.ISO_8859_1);
    }

    @Test
    void bytesThatAreNoTextAreShown() {
        assertThat(RawArguments.problem(commandLine("java\0Main\0encode\0caf\u00e9.png\0"), "encode", "caf\uFFFD.png"))
                .contains(
                        "there is an argument 'caf\\xe9.png', which is not UTF-8 text: if it names a file, rename that");
    }

    @Test
    void textThatTheLocaleHasNoWordForIsTheLocalesFault() {
        assertThat(RawArguments.problem(commandLine("java\0caf\u00c3\u00a9\0"), "caf\uFFFD\uFFFD"))
                .hasValueSatisfying(problem -> assertThat(problem).contains("'café'", "LC_ALL=C.UTF-8"));
    }

    @Test
    void whatIsReallyCalledSoIsFine() {
        assertThat(RawArguments.problem(commandLine("java\0\u00ef\u00bf\u00bd\0"), "\uFFFD"))
                .isEmpty();
        assertThat(RawArguments.problem("encode", "café")).isEmpty();
    }
}
