package org.skiptuning.cli;

import java.util.Optional;
import org.skiptuning.benchmark.job.Job;
import org.skiptuning.benchmark.job.JobExecutor;
import org.skiptuning.benchmark.job.JobOutcome;

/** Shows which job is at work, and tells of those that failed. */
final class SweepProgress implements JobExecutor.Listener {
    private final Output output;
    private final String what;
    private final int total;
    private final boolean several;
    private int begun;

    /**
     * @param what a job is called, such as run
     * @param total of them
     * @param several whether runs go on side by side, so that one's steps say nothing of the rest
     */
    SweepProgress(Output output, String what, int total, boolean several) {
        this.output = output;
        this.what = what;
        this.total = total;
        this.several = several;
    }

    @Override
    public void onBegin(Job job) {
        begun++;
        output.progress().begin(what + " " + begun + " of " + total + ": " + job.title(), "steps");
    }

    @Override
    public void onStep(Job job, long done, long steps, Optional<Double> loss) {
        if (!several) {
            output.progress().update(done, steps, loss);
        }
    }

    @Override
    public void onEnd(Job job, JobOutcome outcome, boolean before) {
        outcome.error().ifPresent(error -> output.warn(job.title() + " failed: " + error));
    }
}
