package org.skiptuning;

import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OutputTimeUnit;

/** What it costs to write the options that a run begins with. */
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class OptionsAsJson extends AverageTime {
    @Benchmark
    public String ofTheTrainer(SmallestClip clip) {
        return clip.trainerOptions();
    }

    @Benchmark
    public String ofTheCache(SmallestClip clip) {
        return clip.cacheOptions();
    }
}
