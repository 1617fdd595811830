package org.skiptuning;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.skiptuning.checkpoint.SafetensorsFile;
import org.skiptuning.ffi.NativeTrainer;

/** Where a run stands: what it did so far, and the trainer's tensors where it was interrupted before. */
final class RunState implements AutoCloseable {
    static final String AFRESH = "start the run again without resume";

    /** What the core calls everything that is trained. */
    private static final String WEIGHTS = "weights";

    private final double seconds;
    private final double cacheSeconds;
    private final MetricsLog metrics;
    private final Optional<SavedTensors> saved;

    /**
     * What the trainer is restored from.
     *
     * @param path names the file in messages
     */
    private record SavedTensors(Path path, SafetensorsFile file) {}

    private RunState(double seconds, double cacheSeconds, MetricsLog metrics, Optional<SavedTensors> saved) {
        this.seconds = seconds;
        this.cacheSeconds = cacheSeconds;
        this.metrics = metrics;
        this.saved = saved;
    }

    static RunState beginning() {
        return new RunState(0, 0, MetricsLog.empty(), Optional.empty());
    }

    /** Takes the file over, to be closed with this. */
    static RunState of(Path path, SafetensorsFile file, MetricsLog metrics) {
        return new RunState(
                seconds(file.metadata(), "seconds"),
                seconds(file.metadata(), "cache_seconds"),
                metrics,
                Optional.of(new SavedTensors(path, file)));
    }

    /** Steps done, by the metadata. */
    static long steps(Map<String, String> metadata) {
        return Long.parseLong(metadata.getOrDefault("steps", ""));
    }

    private static double seconds(Map<String, String> metadata, String key) {
        var seconds = Double.parseDouble(metadata.getOrDefault(key, ""));
        if (!(seconds >= 0 && seconds < Double.POSITIVE_INFINITY)) {
            throw new NumberFormatException(key + " is " + seconds);
        }
        return seconds;
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

    /**
     * Puts a trainer where the run was interrupted.
     *
     * @throws CheckpointException if the tensors are damaged
     */
    void restore(NativeTrainer trainer) {
        if (saved.isEmpty()) {
            return;
        }
        try {
            var tensors = saved.get().file().tensors();
            // The core would take the method's own parameters of it, as for a prediction, and begin anew with the rest.
            if (tensors.stream().noneMatch(tensor -> tensor.name().equals(WEIGHTS))) {
                throw new CheckpointException("the saved state lacks the tensor " + WEIGHTS);
            }
            trainer.restore(tensors);
        } catch (CheckpointException | IllegalArgumentException damaged) {
            throw new CheckpointException(saved.get().path() + ": " + damaged.getMessage() + "; " + AFRESH, damaged);
        }
    }

    @Override
    public void close() {
        saved.ifPresent(tensors -> tensors.file().close());
    }
}
