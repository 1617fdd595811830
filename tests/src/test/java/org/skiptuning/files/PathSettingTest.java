package org.skiptuning.files;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class PathSettingTest {
    private static final String PROPERTY = "skiptuning.cache";
    private final String before = System.getProperty(PROPERTY, "");

    @AfterEach
    void restore() {
        System.setProperty(PROPERTY, before);
    }

    @Test
    void thePropertyIsFirst() {
        System.setProperty(PROPERTY, "somewhere");
        assertThat(PathSetting.CACHE.path()).contains(Path.of("somewhere"));
        assertThat(PathSetting.CACHE.source()).isEqualTo("-Dskiptuning.cache");
        assertThat(CacheFolder.root()).isEqualTo(Path.of("somewhere").toAbsolutePath());
    }

    @Test
    void whatIsEmptyCountsAsNotGiven() {
        System.setProperty(PROPERTY, "");
        var nowhere = new PathSetting(PROPERTY, "SKIP_TUNING_NO_SUCH_VARIABLE");
        assertThat(nowhere.path()).isEmpty();
        assertThat(nowhere.source()).isEqualTo("SKIP_TUNING_NO_SUCH_VARIABLE");
        assertThat(CacheFolder.root().getFileName()).isNotEqualTo(Path.of(""));
    }
}
