package org.skiptuning.benchmark.job;

import java.util.List;
import org.skiptuning.CancelledException;

/** One job after the other, in this process. */
public final class SequentialExecutor implements JobExecutor {
    private final Workplace workplace;

    /** Takes the workplace over. */
    public SequentialExecutor(Workplace workplace) {
        this.workplace = workplace;
    }

    @Override
    public void run(List<Job> jobs, JobStore store, Listener listener) {
        for (var job : jobs) {
            if (Thread.currentThread().isInterrupted()) {
                throw new CancelledException("Interrupted before " + job.title());
            }
            var finished = store.finished(job);
            listener.onBegin(job);
            var outcome = finished.orElseGet(() -> JobExecution.run(
                    job, store, workplace, (done, total, loss) -> listener.onStep(job, done, total, loss)));
            listener.onEnd(job, outcome, finished.isPresent());
        }
    }

    @Override
    public void close() {
        workplace.close();
    }
}
