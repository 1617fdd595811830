package org.skiptuning.benchmark.job;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.skiptuning.CancelledException;
import tools.jackson.core.JacksonException;

/**
 * The other end of a {@link WorkerProcess}: reads a {@link Request} a line, does the job, keeps its result in the store and
 * answers with {@link Reply} lines. Ends with its input.
 */
public final class JobWorker {
    private static final long NANOSECONDS_BETWEEN_STEPS = 200_000_000;

    private final PrintStream replies;

    /** Empty at the end of the requests. */
    private final BlockingQueue<Optional<String>> waiting = new LinkedBlockingQueue<>();

    private volatile boolean busy;
    private long told;

    private JobWorker(PrintStream replies) {
        this.replies = replies;
    }

    /** @param root of the store */
    public record Request(String root, Job job) {
        public Request {
            Objects.requireNonNull(root);
            Objects.requireNonNull(job);
        }
    }

    /**
     * Of a running job its steps, at last that it is done.
     *
     * @param done whether the result is on disk
     */
    public record Reply(boolean done, long step, long steps, Optional<Double> loss) {}

    /**
     * @param orphaned ends the process: the requests have ended in the middle of a job, which nobody waits for any more
     * @throws IOException if a request is broken
     * @throws CancelledException if the thread is interrupted
     */
    public static void serve(BufferedReader requests, PrintStream replies, Runnable orphaned) throws IOException {
        var worker = new JobWorker(replies);
        Thread.ofPlatform().daemon().name("requests").start(() -> worker.listen(requests, orphaned));
        worker.work();
    }

    /** On a thread of its own, so that the end of the other process is heard at once. */
    private void listen(BufferedReader requests, Runnable orphaned) {
        try {
            for (var line = requests.readLine(); line != null; line = requests.readLine()) {
                busy = true;
                waiting.add(Optional.of(line));
            }
        } catch (IOException gone) {
            // As if it had ended.
        }
        if (busy) {
            orphaned.run();
        }
        waiting.add(Optional.empty());
    }

    private void work() throws IOException {
        try (var workplace = new Workplace()) {
            for (var line = waiting.take(); line.isPresent(); line = waiting.take()) {
                var request = Optional.ofNullable(JobFiles.JSON.readValue(line.get(), Request.class))
                        .orElseThrow(() -> new IOException("a request is broken: it is null"));
                execute(request, workplace);
            }
        } catch (JacksonException broken) {
            throw new IOException("a request is broken: " + broken.getOriginalMessage(), broken);
        } catch (InterruptedException interrupted) {
            throw new CancelledException("Interrupted between jobs");
        }
    }

    private void execute(Request request, Workplace workplace) {
        JobExecution.run(request.job(), new JobStore(Path.of(request.root())), workplace, this::tell);
        busy = false;
        reply(new Reply(true, 0, 0, Optional.empty()));
    }

    private void tell(long done, long total, Optional<Double> loss) {
        if (System.nanoTime() - told > NANOSECONDS_BETWEEN_STEPS) {
            told = System.nanoTime();
            reply(new Reply(false, done, total, loss));
        }
    }

    private void reply(Reply reply) {
        replies.println(JobFiles.JSON.writeValueAsString(reply));
        replies.flush();
    }
}
