package org.skiptuning.spark;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Stream;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.function.Function;
import org.skiptuning.benchmark.job.Job;
import org.skiptuning.benchmark.job.JobFiles;
import org.skiptuning.benchmark.job.JobStore;
import org.skiptuning.benchmark.job.WorkerProcess;

/** What an executor does with a job: hands it to a worker process of its own, which stays for the next one. */
final class JobTask implements Function<String, Boolean> {
    private static final long serialVersionUID = 1L;

    /** Of this executor, those that no task is at, by sweep: a task takes one and puts it back. */
    private static final Map<List<String>, Queue<WorkerProcess>> IDLE = new ConcurrentHashMap<>();

    private final ArrayList<String> command;
    private final String root;

    JobTask(ArrayList<String> command, String root) {
        this.command = command;
        this.root = root;
    }

    @Override
    public Boolean call(String line) {
        var job = onOwnCard(JobFiles.JSON.readValue(line, Job.class));
        var store = new JobStore(Path.of(root));
        // An earlier try may have ended after the result was there.
        if (store.finished(job).isEmpty()) {
            var idle = idle();
            var worker = Optional.ofNullable(idle.poll()).orElseGet(this::start);
            try {
                worker.execute(job, store, reply -> {});
            } catch (RuntimeException failure) {
                worker.stop();
                throw failure;
            }
            idle.add(worker);
        }
        return true;
    }

    private Queue<WorkerProcess> idle() {
        var sweep = Stream.concat(Stream.of(root), command.stream()).toList();
        return IDLE.computeIfAbsent(sweep, any -> new ConcurrentLinkedQueue<>());
    }

    private WorkerProcess start() {
        var worker = new WorkerProcess(command, Path.of(root));
        Runtime.getRuntime().addShutdownHook(new Thread(worker::stop));
        return worker;
    }

    /** The card that Spark's resource scheduling gave this task, of a job that is for one. */
    private static Job onOwnCard(Job job) {
        var resources = TaskContext.get().resourcesJMap();
        var cards = resources.get("gpu");
        return cards == null
                        || cards.addresses().length == 0
                        || !job.surroundings().device().startsWith("cuda")
                ? job
                : job.at(job.surroundings()
                        .on("cuda:" + cards.addresses()[0], job.surroundings().threads()));
    }
}
