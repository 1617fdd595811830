package org.skiptuning.files;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class CacheFolderTest {
    @Test
    void aFolderThatTakesNothingIsNamedWithTheRemedy() {
        assertThat(CacheFolder.problem("The pictures", Path.of("/proc/x"), new NoSuchFileException("/proc/x")))
                .isEqualTo(
                        "The pictures cannot be kept in /proc/x (no such file or folder): make it writable, with room in"
                                + " it, or name another cache folder in SKIP_TUNING_CACHE");
    }
}
