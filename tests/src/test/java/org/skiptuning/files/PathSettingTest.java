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
        assertThat(PathSetting.CACHE.path()).isEmpty();
        assertThat(new PathSetting(PROPERTY, "PATH").path()).isEmpty();
        assertThat(new PathSetting("skiptuning.no.such.property", "PATH").path())
                .isPresent();
        assertThat(CacheFolder.root().getFileName()).isNotEqualTo(Path.of(""));
    }
}
