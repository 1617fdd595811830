package org.skiptuning.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class DoctorCommandTest {
    private static final String CACHE = "skiptuning.cache";
    private final String before = System.getProperty(CACHE, "");

    @AfterEach
    void restore() {
        System.setProperty(CACHE, before);
    }

    @Test
    void aPrecisionThatIsEmulatedIsSaidToBeSlow() {
        assertThat(DoctorCommand.slowness("fp16", 58.3))
                .isEqualTo("; --precision fp16 is emulated, 58 times slower than fp32");
        assertThat(DoctorCommand.slowness("bf16", 0.4)).isEmpty();
        assertThat(DoctorCommand.slowness("fp32", 1)).isEmpty();
        assertThat(DoctorCommand.slowness("bf16", Double.NaN)).isEmpty();
    }

    @Test
    void aCacheThatTakesNothingIsAProblem() {
        System.setProperty(CACHE, Path.of("/proc/skip-tuning").toString());
        var run = CommandRun.of("doctor");
        assertThat(run.status()).isEqualTo(1);
        assertThat(run.err()).contains("/proc/skip-tuning").contains("SKIP_TUNING_CACHE");
    }
}
