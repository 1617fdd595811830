package org.skiptuning.benchmark.job;

import java.nio.file.Path;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.skiptuning.CancelledException;
import org.skiptuning.SkipTuningException;

/**
 * Jobs in worker processes, one for each device or group of processors, so that a crash or a lack of memory costs one job
 * and not the sweep.
 */
public final class WorkerExecutor implements JobExecutor {
    private final List<Place> places;

    /**
     * Where a worker computes.
     *
     * @param device as jobs name it
     * @param threads for it alone
     */
    public record Place(String device, int threads) {}

    private final List<WorkerProcess> processes;

    /**
     * @param command starts a process that serves as {@link JobWorker}
     * @param root of the store, as workers see it
     */
    public WorkerExecutor(List<Place> places, List<String> command, Path root) {
        this.places = List.copyOf(places);
        this.processes =
                places.stream().map(place -> new WorkerProcess(command, root)).toList();
    }

    @Override
    public void run(List<Job> jobs, JobStore store, Listener listener) {
        var waiting = new ConcurrentLinkedQueue<>(JobExecutor.unfinished(jobs, store, listener));
        var lock = new Object();
        try (var threads = Executors.newFixedThreadPool(places.size())) {
            var service = new ExecutorCompletionService<Boolean>(threads);
            for (var place = 0; place < places.size(); place++) {
                var here = place;
                service.submit(() -> serve(here, waiting, store, listener, lock), true);
            }
            await(service, threads);
        }
    }

    private void serve(int place, Queue<Job> waiting, JobStore store, Listener listener, Object lock) {
        for (var job = waiting.poll(); job != null && !Thread.currentThread().isInterrupted(); job = waiting.poll()) {
            var own = job.at(job.surroundings()
                    .on(places.get(place).device(), places.get(place).threads()));
            synchronized (lock) {
                listener.onBegin(own);
            }
            var outcome = processes.get(place).execute(own, store, reply -> {
                synchronized (lock) {
                    listener.onStep(own, reply.step(), reply.steps(), reply.loss());
                }
            });
            synchronized (lock) {
                listener.onEnd(own, outcome, false);
            }
        }
    }

    /** In the order in which they end, so that one's failure ends all of them. */
    private void await(ExecutorCompletionService<Boolean> service, ExecutorService threads) {
        try {
            for (var place = 0; place < places.size(); place++) {
                service.take().get();
            }
        } catch (InterruptedException interrupted) {
            stop(threads);
            throw new CancelledException("Interrupted; what is finished stays");
        } catch (ExecutionException failure) {
            stop(threads);
            throw failure.getCause() instanceof RuntimeException known
                    ? known
                    : new SkipTuningException("A worker failed: " + failure.getCause(), failure);
        }
    }

    private void stop(ExecutorService threads) {
        processes.forEach(WorkerProcess::stop);
        threads.shutdownNow();
    }

    @Override
    public void close() {
        processes.forEach(WorkerProcess::close);
    }
}
