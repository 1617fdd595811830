package org.skiptuning;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.VerboseMode;

/** Every benchmark runs; how fast is not asked here. */
@Tag("slow")
class BenchmarksTest {
    private static final String ALL = "org\\.skiptuning\\..*";

    @Test
    void eachRunsOnce() throws Exception {
        System.setProperty("jmh.ignoreLock", "true");
        var once = new OptionsBuilder()
                .include(ALL)
                .mode(Mode.SingleShotTime)
                .forks(0)
                .warmupIterations(0)
                .measurementIterations(1)
                .shouldFailOnError(true)
                .verbosity(VerboseMode.SILENT)
                .build();
        var results = new Runner(once).run();
        assertThat(results).hasSizeGreaterThan(10);
    }
}
