package org.skiptuning.spark;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerJobStart;
import org.apache.spark.scheduler.SparkListenerTaskEnd;
import org.apache.spark.scheduler.SparkListenerTaskStart;
import org.skiptuning.benchmark.job.Job;
import org.skiptuning.benchmark.job.JobExecutor;
import org.skiptuning.benchmark.job.JobOutcome;
import org.skiptuning.benchmark.job.JobStore;

/** Tells of tasks as they begin and end. Spark calls it from a thread of its own. */
final class TaskProgress extends SparkListener {
    /** The local property that tells one Spark job from another. */
    static final String MARK = "skiptuning.jobs";

    private final List<Job> jobs;
    private final JobStore store;
    private final JobExecutor.Listener listener;
    private final Set<Job> begun = new HashSet<>();
    private final Set<Job> ended = new HashSet<>();

    private final String mark;
    private final Set<Integer> stages = new HashSet<>();

    /** @param mark the {@value #MARK} of the Spark job that does these: what comes late of another is none of theirs */
    TaskProgress(String mark, List<Job> jobs, JobStore store, JobExecutor.Listener listener) {
        this.mark = mark;
        this.jobs = jobs;
        this.store = store;
        this.listener = listener;
    }

    @Override
    public synchronized void onJobStart(SparkListenerJobStart job) {
        if (mark.equals(job.properties().getProperty(MARK))) {
            job.stageInfos().foreach(stage -> stages.add(stage.stageId()));
        }
    }

    @Override
    public synchronized void onTaskStart(SparkListenerTaskStart task) {
        if (!stages.contains(task.stageId())) {
            return;
        }
        begin(jobs.get(task.taskInfo().index()));
    }

    @Override
    public synchronized void onTaskEnd(SparkListenerTaskEnd task) {
        if (stages.contains(task.stageId()) && task.taskInfo().successful()) {
            var job = jobs.get(task.taskInfo().index());
            store.outcome(job).ifPresent(outcome -> end(job, outcome));
        }
    }

    /** A task that is tried again begins once. */
    private void begin(Job job) {
        if (begun.add(job)) {
            listener.onBegin(job);
        }
    }

    /** Once a job, whoever tells of it first. */
    synchronized void end(Job job, JobOutcome outcome) {
        begin(job);
        if (ended.add(job)) {
            listener.onEnd(job, outcome, false);
        }
    }
}
