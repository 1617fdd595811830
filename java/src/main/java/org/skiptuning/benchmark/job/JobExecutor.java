package org.skiptuning.benchmark.job;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Does a list of jobs, each in whatever order and place; what one came to hangs on the job alone. */
public interface JobExecutor extends AutoCloseable {
    /** Told of progress, from one thread at a time. */
    interface Listener {
        /** A job begins. */
        void onBegin(Job job);

        /**
         * A step of a job, where there is one at a time.
         *
         * @param loss where it tells something
         */
        default void onStep(Job job, long done, long total, Optional<Double> loss) {}

        /** A job is done, or was before. */
        void onEnd(Job job, JobOutcome outcome, boolean before);
    }

    /**
     * Does those that are not finished, and keeps what they come to in the store.
     *
     * @throws org.skiptuning.CancelledException if the thread is interrupted; what is finished stays
     */
    void run(List<Job> jobs, JobStore store, Listener listener);

    /** Those that are still to do; of the others the listener hears that they were done before. */
    static List<Job> unfinished(List<Job> jobs, JobStore store, Listener listener) {
        var waiting = new ArrayList<Job>();
        for (var job : jobs) {
            store.finished(job)
                    .ifPresentOrElse(
                            outcome -> {
                                listener.onBegin(job);
                                listener.onEnd(job, outcome, true);
                            },
                            () -> waiting.add(job));
        }
        return waiting;
    }

    @Override
    void close();
}
