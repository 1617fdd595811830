package org.skiptuning.cli;

import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import org.skiptuning.benchmark.job.Job;
import org.skiptuning.benchmark.job.JobExecutor;
import org.skiptuning.benchmark.job.JobOutcome;
import org.skiptuning.report.Durations;

/** Shows which job is at work or, of several side by side, how many are done; tells of those that failed or warn. */
final class SweepProgress implements JobExecutor.Listener {
    /** Before so many are done their time says little of the rest. */
    private static final int TELLING = 2;

    private final Output output;
    private final String what;
    private final int total;
    private final boolean several;
    private final long began = System.nanoTime();
    private final Set<String> warned = new HashSet<>();
    private int begun;
    private int ended;
    private int doneHere;

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
        if (!several) {
            output.progress().begin(what + " " + begun + " of " + total + timeLeft() + ": " + job.title(), "steps");
        } else if (begun == 1) {
            output.progress().begin(total + " " + what + "s side by side", what + "s");
        }
    }

    /** By the runs that this command did. */
    private String timeLeft() {
        if (doneHere < TELLING) {
            return "";
        }
        var each = (System.nanoTime() - began) / 1e9 / doneHere;
        return ", " + Durations.rough(each * (total - ended)) + " left";
    }

    @Override
    public void onStep(Job job, long done, long steps, Optional<Double> loss) {
        if (!several) {
            output.progress().update(done, steps, loss);
        }
    }

    @Override
    public void onEnd(Job job, JobOutcome outcome, boolean before) {
        ended++;
        doneHere += before ? 0 : 1;
        if (several) {
            output.progress().update(ended, total, Optional.empty());
        }
        outcome.error().ifPresent(error -> output.warn(job.title() + " failed: " + error));
        outcome.warnings().stream().filter(warned::add).forEach(text -> output.warn(job.title() + ": " + text));
    }
}
