package org.skiptuning.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.skiptuning.CheckpointException;

class ClipMergesTest {
    private static List<String> read(String text, int merges) throws IOException {
        var rules = new ArrayList<String>();
        var stream = new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
        ClipMerges.read(stream, merges, (left, right, result) -> rules.add(left + " " + right + " " + result));
        return rules;
    }

    /** The single bytes come first in their vocabulary's order, from '!' on, then the same at a word's end. */
    @Test
    void tokensAreNumberedInTheOrderInWhichTheyArise() throws IOException {
        assertThat(read("version\n! \"\n!\" #</w>\n", 2)).containsExactly("0 1 512", "512 258 513");
    }

    @Test
    void whatFollowsTheMergesThatCountIsNotRead() throws IOException {
        assertThat(read("version\n! \"\nno merge at all", 1)).containsExactly("0 1 512");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "version",
                "version\n",
                "version\n! \"",
                "version\n!\"\n",
                "version\n! unknown\n",
                "version\nunknown !\n",
                "version\n! \"\n! \"\n",
                "version\n\n\n"
            })
    void otherTextIsNotClips(String text) {
        assertThatExceptionOfType(CheckpointException.class)
                .isThrownBy(() -> read(text, 2))
                .withMessageContaining("isn't CLIP's list of merges");
    }
}
