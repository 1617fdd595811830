package org.skiptuning.benchmark.job;

import java.util.Optional;
import org.skiptuning.EpochMetrics;

/** Told what a running job does. */
public interface JobListener {
    /** @param loss where it tells something */
    default void onStep(long done, long total, Optional<Double> loss) {}

    default void onEpoch(EpochMetrics metrics) {}

    default void onWarning(String text) {}

    static JobListener none() {
        return new JobListener() {};
    }
}
