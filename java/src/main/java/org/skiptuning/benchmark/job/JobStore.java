package org.skiptuning.benchmark.job;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLockInterruptionException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.Optional;
import java.util.function.Supplier;
import org.skiptuning.CancelledException;
import org.skiptuning.SkipTuningException;
import org.skiptuning.files.AtomicFile;
import org.skiptuning.files.Folders;
import org.skiptuning.report.Prose;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A sweep's runs on disk. A run's folder holds {@code spec.json}, the job; {@code log.txt} and {@code metrics.jsonl}; and
 * its result, written last and whole.
 */
public final class JobStore {
    /** A line for each run as it ends. */
    public static final String LINES = "results.jsonl";

    private final Path root;

    public JobStore(Path root) {
        this.root = root;
    }

    private record Stored(JsonNode identity, JobOutcome outcome) {
        Stored {
            // As many figures as there were targets: a mean over runs of different ones would be none.
            if (!identity.isObject()
                    || outcome.succeeded()
                            && outcome.accuracies().size()
                                    != identity.path("targets").size()) {
                throw new IllegalArgumentException("a result without its identity, or its figures");
            }
        }
    }

    /** What a run came to, whatever it was. */
    public record Result(JsonNode identity, JobOutcome outcome) {}

    /** @throws SkipTuningException if the file is damaged */
    public static Result result(Path file) {
        var stored = JobFiles.parsed(file, JobFiles.read(file), Stored.class);
        return new Result(stored.identity(), stored.outcome());
    }

    Path root() {
        return root;
    }

    /** @throws SkipTuningException if it would lie outside of the store, as in a job that somebody wrote by hand */
    public Path folder(Job job) {
        return below(root, job.folder());
    }

    /** @throws SkipTuningException if a path leads out of the store */
    public static Path below(Path root, String path) {
        try {
            var whole = root.toAbsolutePath().normalize();
            var found = whole.resolve(path).normalize();
            if (!path.isEmpty() && found.startsWith(whole) && !found.equals(whole)) {
                return root.resolve(whole.relativize(found));
            }
        } catch (InvalidPathException odd) {
            throw new SkipTuningException("The path " + Prose.plain(path) + " is none of a sweep's", odd);
        }
        throw new SkipTuningException("The path " + Prose.plain(path) + " leads out of the sweep's folder " + root);
    }

    /**
     * What a finished run came to, as long as the file is there that an extraction leaves: neither one that failed and may do better another time, nor an unfinished one.
     *
     * @throws SkipTuningException if the folder holds another run, naming what differs, or a damaged file
     */
    public Optional<JobOutcome> finished(Job job) {
        return outcome(job)
                .filter(JobOutcome::isFinal)
                .filter(outcome -> job.part()
                        .map(part -> Files.isRegularFile(root.resolve(part.file())))
                        .orElse(true));
    }

    /** The same of a job that is planned without its model and data: its settings alone have to be those. */
    public Optional<JobOutcome> finishedAlike(Job job) {
        return outcome(job, JobIdentity.ofPlan(job)).filter(JobOutcome::isFinal);
    }

    /** As {@link #finished}, failed or not. */
    public Optional<JobOutcome> outcome(Job job) {
        return outcome(job, JobIdentity.of(job));
    }

    private Optional<JobOutcome> outcome(Job job, ObjectNode identity) {
        var file = folder(job).resolve(job.resultFile());
        if (!Files.isRegularFile(file)) {
            return Optional.empty();
        }
        var stored = JobFiles.parsed(file, JobFiles.read(file), Stored.class);
        var differences = JobFiles.differences(stored.identity(), identity);
        if (!differences.isEmpty()) {
            throw new SkipTuningException(
                    file + " is of a run with " + Prose.list(differences) + "; name another --output");
        }
        return Optional.of(stored.outcome());
    }

    /** Before its first step: what it will be. */
    public void begin(Job job) {
        Folders.create(folder(job));
        JobFiles.write(folder(job).resolve(specificationFile(job)), job);
    }

    /** Also in a line of {@value #LINES}, for who watches a sweep or reads several together. */
    public void keep(Job job, JobOutcome outcome) {
        JobFiles.write(folder(job).resolve(job.resultFile()), new Stored(JobIdentity.of(job), outcome));
        append(job, outcome);
    }

    private void append(Job job, JobOutcome outcome) {
        var line = new LinkedHashMap<String, Object>();
        line.put("folder", job.folder());
        line.put("task", job.task());
        line.put("purpose", job.purpose());
        job.settings().ifPresent(settings -> {
            line.put("method", settings.method().toString());
            line.put("variant", job.variant());
            line.put("shots", settings.shots());
            line.put("seed", settings.seed());
            line.put("rate_factor", job.rateFactor());
        });
        line.put("outcome", outcome);
        var text = JobFiles.JSON.writeValueAsString(line) + "\n";
        locked(channel -> {
            // What was cut by a full disk or the end of a process stays a line of its own.
            var cut = channel.size() > 0 && !endsWithNewline(channel);
            channel.position(channel.size());
            AtomicFile.writeFully(
                    channel, ByteBuffer.wrap(((cut ? "\n" : "") + text).getBytes(StandardCharsets.UTF_8)));
            return text;
        });
    }

    /** Beside no other sweep that writes to this folder, on whatever machine. */
    public <T> T exclusively(Supplier<T> work) {
        return locked(channel -> work.get());
    }

    private interface UnderLock<T> {
        T run(FileChannel lines) throws IOException;
    }

    private <T> T locked(UnderLock<T> work) {
        var file = root.resolve(LINES);
        // A process's own threads are not kept apart by a lock of a file.
        synchronized (JobStore.class) {
            try (var channel = FileChannel.open(
                            file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
                    var lock = lock(channel)) {
                return work.run(channel);
            } catch (ClosedByInterruptException | FileLockInterruptionException interrupted) {
                throw new CancelledException("Interrupted; what is finished stays");
            } catch (IOException failure) {
                throw new SkipTuningException("Cannot write " + file + ": " + Folders.reason(failure), failure);
            }
        }
    }

    /** Closes without effect where the file system has no locks. */
    private static AutoCloseableLock lock(FileChannel channel) throws IOException {
        try {
            return channel.lock()::release;
        } catch (FileLockInterruptionException | ClosedByInterruptException interrupted) {
            throw interrupted;
        } catch (IOException withoutLocks) {
            return () -> {};
        }
    }

    private interface AutoCloseableLock extends AutoCloseable {
        @Override
        void close() throws IOException;
    }

    private static boolean endsWithNewline(FileChannel channel) throws IOException {
        var last = ByteBuffer.allocate(1);
        channel.read(last, channel.size() - 1);
        return last.get(0) == '\n';
    }

    private static String specificationFile(Job job) {
        return job.file("spec.json");
    }

    /** The job that a file of {@link #begin} holds. */
    public static Job specification(Path file) {
        return JobFiles.parsed(file, JobFiles.read(file), Job.class);
    }
}
