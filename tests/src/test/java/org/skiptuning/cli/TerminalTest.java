package org.skiptuning.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import org.junit.jupiter.api.Test;

class TerminalTest {
    @Test
    void onlyAKnownTerminalIsRedrawn() {
        assertThat(Terminal.redraws(Optional.of("xterm-256color"))).isTrue();
        assertThat(Terminal.redraws(Optional.of("dumb"))).isFalse();
        assertThat(Terminal.redraws(Optional.of(""))).isFalse();
        assertThat(Terminal.redraws(Optional.empty())).isFalse();
    }
}
