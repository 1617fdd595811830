package org.skiptuning;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.skiptuning.checkpoint.SafetensorsFile;
import org.skiptuning.ffi.TensorView;

/** Where a run stands: what it did so far, and the trainer's tensors where it was interrupted before. */
final class RunState implements AutoCloseable {
    private final double seconds;
    private final double cacheSeconds;
    private final MetricsLog metrics;
    private final Optional<SafetensorsFile> file;

    private RunState(double seconds, double cacheSeconds, MetricsLog metrics, Optional<SafetensorsFile> file) {
        this.seconds = seconds;
        this.cacheSeconds = cacheSeconds;
        this.metrics = metrics;
        this.file = file;
    }

    static RunState beginning() {
        return new RunState(0, 0, MetricsLog.empty(), Optional.empty());
    }

    /** Takes the file over, to be closed with this. */
    static RunState of(SafetensorsFile file, MetricsLog metrics) {
        var metadata = file.metadata();
        return new RunState(
                Double.parseDouble(metadata.getOrDefault("seconds", "0")),
                Double.parseDouble(metadata.getOrDefault("cache_seconds", "0")),
                metrics,
                Optional.of(file));
    }

    static Map<String, String> metadata(MetricsLog metrics, RunClock clock) {
        return Map.of(
                "steps", Long.toString(metrics.steps()),
                "seconds", Double.toString(clock.seconds()),
                "cache_seconds", Double.toString(clock.cacheSeconds()));
    }

    /** A clock that goes on from here. */
    RunClock clock() {
        return new RunClock(seconds, cacheSeconds);
    }

    /** Grows with each step. */
    MetricsLog metrics() {
        return metrics;
    }

    /** The trainer's tensors, if it is to be restored; they end with {@link #close}. */
    Optional<List<TensorView>> tensors() {
        return file.map(SafetensorsFile::tensors);
    }

    @Override
    public void close() {
        file.ifPresent(SafetensorsFile::close);
    }
}
