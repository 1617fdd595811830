package org.skiptuning;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.HashMap;
import java.util.List;
import java.util.stream.Stream;
import org.skiptuning.checkpoint.Checkpoint;
import org.skiptuning.checkpoint.SafetensorsFile;
import org.skiptuning.checkpoint.SafetensorsWriter;
import org.skiptuning.ffi.TensorView;
import org.skiptuning.files.AtomicFile;
import org.skiptuning.files.FolderLock;
import org.skiptuning.files.Folders;
import org.skiptuning.files.Uninterrupted;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JacksonException;

/**
 * The folder of a run, locked against a second run in it. The state is one file that appears whole or not at all; the
 * metrics are written before it, so they always cover the steps it has done, and may run ahead of it.
 */
final class RunDirectory implements AutoCloseable {
    static final String STATE = Checkpoint.TRAINING_STATE;
    private static final String METRICS = "metrics.jsonl";
    private static final String NEXT_STATE = ".next-state.partial";
    private static final String NEXT_METRICS = ".next-metrics.partial";
    private static final Logger LOG = LoggerFactory.getLogger(RunDirectory.class);

    private final Path path;
    private final Model original;
    private final FolderLock lock;
    private final boolean resume;

    /** Whether files of an earlier run may still lie here. */
    private boolean replaces;

    private RunDirectory(Path path, Model original, FolderLock lock, boolean resume) {
        this.path = path;
        this.original = original;
        this.lock = lock;
        this.resume = resume;
        this.replaces = !resume;
    }

    /**
     * Makes and locks the folder, and leaves its content as it is.
     *
     * @param resume whether {@link #begin} keeps the state in it
     * @throws SkipTuningException if files of somebody else would be replaced in it
     */
    static RunDirectory open(Path path, Model original, boolean resume) {
        if (original.checkpoint().isIn(path)) {
            throw new SkipTuningException(
                    path + " holds the model that is to be fine-tuned: choose another folder for the result");
        }
        requireNothingForeign(path);
        Folders.create(path);
        return new RunDirectory(path, original, FolderLock.of(path), resume);
    }

    private static void requireNothingForeign(Path path) {
        if (isRuns(path)) {
            return;
        }
        for (var name : fileNames()) {
            if (Files.exists(path.resolve(name))) {
                throw new SkipTuningException(
                        path + " holds " + name + ", which no run wrote: choose another folder for the result");
            }
        }
    }

    /** What a run may leave. */
    private static List<String> fileNames() {
        return Stream.concat(Checkpoint.fileNames().stream(), Stream.of(OwnTensors.FILE))
                .toList();
    }

    /** Metrics alone are no sign: a pre-trained model has some, too. */
    private static boolean isRuns(Path path) {
        return Files.exists(path.resolve(STATE)) || (Files.exists(path.resolve(METRICS)) && TunedRecord.isIn(path));
    }

    /**
     * Puts a first state in the place of an earlier run. All is written beside it first: a full disk leaves the earlier run,
     * and from the moment that the new state is whole, {@link #finishReplacing} does the rest, now or in the next process.
     */
    private void replaceEarlierRun(MetricsLog metrics, List<TensorView> tensors, HashMap<String, String> metadata) {
        try {
            metrics.write(path.resolve(NEXT_METRICS));
            SafetensorsWriter.write(path.resolve(NEXT_STATE), tensors, metadata);
        } catch (SkipTuningException e) {
            deleteQuietly(NEXT_METRICS);
            throw e;
        }
        finishReplacing();
        replaces = false;
    }

    /** The next state comes last, so that it stands for both; each move may be the last that a killed process made. */
    private void finishReplacing() {
        if (!Files.isRegularFile(path.resolve(NEXT_STATE))) {
            deleteQuietly(NEXT_METRICS);
            return;
        }
        try {
            for (var name : fileNames()) {
                Files.deleteIfExists(path.resolve(name));
            }
            if (Files.exists(path.resolve(NEXT_METRICS))) {
                Files.move(path.resolve(NEXT_METRICS), path.resolve(METRICS), StandardCopyOption.ATOMIC_MOVE);
            }
            Files.move(path.resolve(NEXT_STATE), path.resolve(STATE), StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new SkipTuningException("Cannot replace the run in " + path + ": " + Folders.reason(e), e);
        }
    }

    private void deleteQuietly(String name) {
        try {
            Files.deleteIfExists(path.resolve(name));
        } catch (IOException e) {
            LOG.debug("left {} behind in {}", name, path, e);
        }
    }

    Path path() {
        return path;
    }

    /**
     * The state left here, or the beginning where there is none or it is not to be resumed.
     *
     * @param data what the run trains on
     * @param listener is warned of what will keep the result from being the same to the bit
     * @throws SkipTuningException if it belongs to another run
     * @throws CheckpointException if it is damaged
     */
    RunState begin(RunIdentity identity, TrainingData data, TrainingListener listener) {
        finishReplacing();
        AtomicFile.removeAbandoned(path.resolve(NEXT_METRICS));
        AtomicFile.removeAbandoned(path.resolve(NEXT_STATE));
        var file = path.resolve(STATE);
        if (!resume || !Files.exists(file)) {
            return RunState.beginning();
        }
        var tensors = SafetensorsFile.open(file, RunState.AFRESH);
        try {
            if (!RunIdentity.isIn(tensors.metadata())) {
                throw new CheckpointException(file + " is no state of a run: remove it, or choose another folder");
            }
            identity.requireSame(tensors.metadata(), original.contentHash(), path.toString());
            identity.warning(tensors.metadata()).ifPresent(listener::onWarning);
            var steps = RunState.steps(tensors.metadata());
            if (steps < 0 || steps > data.totalSteps()) {
                throw new NumberFormatException("steps is " + steps);
            }
            var metrics = MetricsLog.read(path.resolve(METRICS), steps, data.stepsPerEpoch());
            return RunState.of(file, tensors, metrics);
        } catch (JacksonException | NumberFormatException e) {
            tensors.close();
            throw new CheckpointException(file + " is damaged; " + RunState.AFRESH, e);
        } catch (Throwable failure) {
            tensors.close();
            throw failure;
        }
    }

    /** Reads the original weights whole for their hash, once: no part of what a save takes. */
    void prepareSave() {
        original.contentHash();
    }

    /** Puts the state on disk; the first time, what an earlier run left is removed. */
    void save(RunIdentity identity, MetricsLog metrics, RunClock clock, List<TensorView> tensors) {
        var metadata = new HashMap<>(identity.toMetadata(original.contentHash()));
        metadata.putAll(RunState.metadata(metrics, clock));
        Uninterrupted.run(() -> {
            if (replaces) {
                replaceEarlierRun(metrics, tensors, metadata);
                return;
            }
            metrics.write(path.resolve(METRICS));
            SafetensorsWriter.write(path.resolve(STATE), tensors, metadata);
        });
    }

    @Override
    public void close() {
        lock.close();
    }
}
