package org.skiptuning.benchmark.job;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.skiptuning.CancelledException;
import org.skiptuning.SkipTuningException;
import org.skiptuning.files.Folders;
import tools.jackson.core.JacksonException;

/**
 * A process that does one job after the other; when it dies, the job that it was at has failed, and no other. Any thread
 * may stop it.
 */
public final class WorkerProcess implements AutoCloseable {
    private static final int SECONDS_TO_END = 10;

    private final List<String> command;
    private final Path root;
    private final Object lock = new Object();
    private Optional<Process> process = Optional.empty();
    private Optional<Path> complaints = Optional.empty();
    private boolean stopped;

    /**
     * @param command starts a process that serves as {@link JobWorker}
     * @param root of the store; what the process complains of, a crash's last words, goes into a file below it
     */
    public WorkerProcess(List<String> command, Path root) {
        this.command = List.copyOf(command);
        this.root = root;
    }

    /**
     * @throws SkipTuningException if no process can be started
     * @throws CancelledException if it is stopped meanwhile: the job is as if it had not begun
     */
    public JobOutcome execute(Job job, JobStore store, Consumer<JobWorker.Reply> progress) {
        var running = running();
        try {
            var request = new JobWorker.Request(root.toString(), job);
            var requests = running.outputWriter(StandardCharsets.UTF_8);
            requests.write(JobFiles.JSON.writeValueAsString(request));
            requests.newLine();
            requests.flush();
            return await(running, job, store, progress);
        } catch (IOException | JacksonException broken) {
            return lost(running, job, store);
        }
    }

    private JobOutcome await(Process running, Job job, JobStore store, Consumer<JobWorker.Reply> progress)
            throws IOException {
        var replies = running.inputReader(StandardCharsets.UTF_8);
        for (var line = replies.readLine(); line != null; line = replies.readLine()) {
            var reply = JobFiles.JSON.readValue(line, JobWorker.Reply.class);
            if (reply.done()) {
                return store.outcome(job).orElseGet(() -> lost(running, job, store));
            }
            progress.accept(reply);
        }
        return lost(running, job, store);
    }

    /** A crash of native code or the system's killer: kept, so that the report shows it, and done again another time. */
    private JobOutcome lost(Process running, Job job, JobStore store) {
        var status = status(running);
        synchronized (lock) {
            if (stopped) {
                throw new CancelledException("Interrupted; what is finished stays");
            }
            var before = store.outcome(job);
            if (before.filter(JobOutcome::isFinal).isPresent()) { // it died behind its last job
                return before.get();
            }
            var outcome = JobOutcome.failed(
                    "its process ended " + status
                            + complaints.map(file -> ": see " + file).orElse(""),
                    false);
            store.keep(job, outcome);
            return outcome;
        }
    }

    private static String status(Process running) {
        try {
            if (!running.waitFor(SECONDS_TO_END, TimeUnit.SECONDS)) {
                running.destroyForcibly();
                return "without an answer";
            }
            return "with status " + running.exitValue();
        } catch (InterruptedException interrupted) {
            throw new CancelledException("Interrupted; what is finished stays");
        }
    }

    private Process running() {
        synchronized (lock) {
            if (stopped) {
                throw new CancelledException("Interrupted; what is finished stays");
            }
            if (process.filter(Process::isAlive).isEmpty()) {
                process = Optional.of(start());
            }
            return process.get();
        }
    }

    private Process start() {
        try {
            Folders.create(root.resolve("workers"));
            // A name of its own: processes of several machines may have one number.
            var file = Files.createTempFile(root.resolve("workers"), "worker-", ".txt");
            complaints = Optional.of(file);
            return new ProcessBuilder(command)
                    .redirectError(ProcessBuilder.Redirect.to(file.toFile()))
                    .start();
        } catch (IOException failure) {
            throw new SkipTuningException("No worker process can be started: " + failure.getMessage(), failure);
        }
    }

    /** Ends at once and for good: a job that it is at is done again another time. */
    public void stop() {
        synchronized (lock) {
            stopped = true;
            process.ifPresent(Process::destroyForcibly);
        }
        forgetSilence();
    }

    @Override
    public void close() {
        synchronized (lock) {
            stopped = true;
            process.ifPresent(WorkerProcess::end);
        }
        forgetSilence();
    }

    /** Its input's end is a worker's end. */
    private static void end(Process running) {
        try (BufferedWriter requests = running.outputWriter(StandardCharsets.UTF_8);
                BufferedReader replies = running.inputReader(StandardCharsets.UTF_8)) {
            requests.close();
            if (!running.waitFor(SECONDS_TO_END, TimeUnit.SECONDS)) {
                running.destroyForcibly();
            }
        } catch (IOException gone) {
            running.destroyForcibly();
        } catch (InterruptedException interrupted) {
            running.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }

    /** A process that complained of nothing leaves no file. */
    private void forgetSilence() {
        complaints.ifPresent(file -> {
            try {
                if (Files.isRegularFile(file) && Files.size(file) == 0) {
                    Files.delete(file);
                }
                Files.delete(root.resolve("workers"));
            } catch (IOException stays) {
                return;
            }
        });
    }
}
