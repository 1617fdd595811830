package org.skiptuning.benchmark.job;

import java.util.Optional;
import org.skiptuning.EpochMetrics;
import org.skiptuning.files.Folders;

/** A job from its specification on disk to its result there, with its log between them. */
final class JobExecution {
    /** Told of each step. */
    @FunctionalInterface
    interface Steps {
        void onStep(long done, long total, Optional<Double> loss);
    }

    private JobExecution() {}

    static JobOutcome run(Job job, JobStore store, Workplace workplace, Steps steps) {
        Folders.create(store.folder(job));
        try (var turn = JobTurn.await(store.folder(job), job)) {
            return store.finished(job).orElseGet(() -> runNow(job, store, workplace, steps));
        }
    }

    private static JobOutcome runNow(Job job, JobStore store, Workplace workplace, Steps steps) {
        store.begin(job);
        try (var log = JobLog.open(store.folder(job), job)) {
            var outcome = new JobRunner(workplace, store, listener(log, steps)).run(job);
            outcome.error().ifPresent(log::line);
            store.keep(job, outcome);
            return outcome;
        }
    }

    private static JobListener listener(JobLog log, Steps steps) {
        return new JobListener() {
            @Override
            public void onStep(long done, long total, Optional<Double> loss) {
                steps.onStep(done, total, loss);
            }

            @Override
            public void onEpoch(EpochMetrics metrics) {
                log.epoch(metrics);
            }

            @Override
            public void onWarning(String text) {
                log.line(text);
            }
        };
    }
}
