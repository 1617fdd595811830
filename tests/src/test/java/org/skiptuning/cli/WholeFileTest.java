package org.skiptuning.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.skiptuning.SkipTuningException;

class WholeFileTest {
    @TempDir
    Path folder;

    @Test
    void replacesAndLeavesNothingElse() throws Exception {
        Path file = folder.resolve("häuser und bäume.json");
        WholeFile.write(file, "first".getBytes());
        WholeFile.write(file, "second".getBytes());
        assertThat(file).hasContent("second");
        try (var entries = Files.list(folder)) {
            assertThat(entries).containsExactly(file);
        }
    }

    @Test
    void namesTheFolderThatIsMissing() {
        assertThatThrownBy(() -> WholeFile.write(folder.resolve("no/result.json"), new byte[0]))
                .isInstanceOf(SkipTuningException.class)
                .hasMessageContaining("does not exist");
        assertThatThrownBy(() -> WholeFile.write(folder, new byte[0])).hasMessageContaining("it is a folder");
    }
}
