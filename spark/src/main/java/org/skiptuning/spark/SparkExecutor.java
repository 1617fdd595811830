package org.skiptuning.spark;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.apache.spark.SparkConf;
import org.apache.spark.SparkException;
import org.apache.spark.api.java.JavaSparkContext;
import org.skiptuning.CancelledException;
import org.skiptuning.SkipTuningException;
import org.skiptuning.benchmark.job.Job;
import org.skiptuning.benchmark.job.JobExecutor;
import org.skiptuning.benchmark.job.JobFiles;
import org.skiptuning.benchmark.job.JobOutcome;
import org.skiptuning.benchmark.job.JobStore;

/** One task a job. What a job came to lies in the store, in a file system that the machines share. */
final class SparkExecutor implements JobExecutor {
    private final JavaSparkContext spark;
    private final List<String> command;
    private final Path root;

    SparkExecutor(String master, List<String> command, Path root) {
        var configuration = new SparkConf()
                .setMaster(master)
                .setAppName("skip-tuning")
                // A job is minutes of work: a machine that dies loses those that it was at, and no more.
                .setIfMissing("spark.task.maxFailures", "4")
                .setIfMissing("spark.locality.wait", "0s")
                // The machines share this program's folder.
                .setIfMissing("spark.executor.extraClassPath", System.getProperty("java.class.path"));
        this.spark = new JavaSparkContext(configuration);
        this.spark.setLogLevel("WARN");
        this.command = List.copyOf(command);
        this.root = root;
    }

    @Override
    public void run(List<Job> jobs, JobStore store, Listener listener) {
        var waiting = JobExecutor.unfinished(jobs, store, listener);
        if (waiting.isEmpty()) {
            return;
        }
        var mark = UUID.randomUUID().toString();
        spark.setLocalProperty(TaskProgress.MARK, mark);
        var told = new TaskProgress(mark, waiting, store, listener);
        spark.sc().addSparkListener(told);
        try {
            var lines = waiting.stream().map(JobFiles.JSON::writeValueAsString).toList();
            spark.parallelize(lines, lines.size())
                    .map(new JobTask(new ArrayList<>(command), root.toString()))
                    .collect();
        } catch (Exception failure) {
            throw failure(failure);
        } finally {
            spark.sc().removeSparkListener(told);
        }
        for (var job : waiting) {
            told.end(job, store.outcome(job).orElseGet(() -> JobOutcome.failed("no machine finished it", false)));
        }
    }

    /** Spark throws checked exceptions that it does not declare. */
    private RuntimeException failure(Exception failure) {
        if (failure instanceof InterruptedException || Thread.currentThread().isInterrupted()) {
            spark.sc().cancelAllJobs();
            return new CancelledException("Interrupted; what is finished stays");
        }
        if (failure instanceof SparkException || failure instanceof RuntimeException) {
            return new SkipTuningException("The cluster gave up: " + failure.getMessage(), failure);
        }
        return new SkipTuningException("The cluster failed: " + failure, failure);
    }

    @Override
    public void close() {
        spark.close();
    }
}
