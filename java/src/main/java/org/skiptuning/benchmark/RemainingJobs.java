package org.skiptuning.benchmark;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.skiptuning.SkipTuningException;
import org.skiptuning.benchmark.SweepPlan.Place;
import org.skiptuning.benchmark.job.Job;
import org.skiptuning.benchmark.job.JobOutcome;

/** What of a plan is still to do, told before model and data are opened: results count by their settings. */
public final class RemainingJobs {
    private final SweepPlan plan;
    private final Function<Job, Optional<JobOutcome>> finished;
    private final List<Job> left = new ArrayList<>();

    private RemainingJobs(SweepPlan plan, Function<Job, Optional<JobOutcome>> finished) {
        this.plan = plan;
        this.finished = finished;
    }

    /** All jobs of a sweep that has not begun; of several rate factors the measurements have the first. */
    public static List<Job> of(SweepPlan plan, Shard shard) {
        return new RemainingJobs(plan, job -> Optional.empty()).of(shard, place -> Optional.empty());
    }

    /**
     * Those that a sweep into a folder would do.
     *
     * @param kind what all results hang on, as far as it is known
     * @throws SkipTuningException if the folder holds a sweep of another kind or with other settings, or a damaged file
     */
    public static List<Job> of(SweepPlan plan, Shard shard, Path folder, Map<String, String> kind) {
        return SweepStore.find(folder, kind)
                .map(store -> new RemainingJobs(plan, store.jobs()::finishedAlike)
                        .of(shard, place -> store.find(plan, place)))
                .orElseGet(() -> of(plan, shard));
    }

    private List<Job> of(Shard shard, Function<Place, Optional<SweepRow>> rows) {
        Sweep.zeroShotTasks(plan, shard).forEach(task -> add(plan.zeroShot(task)));
        Sweep.places(plan, shard).forEach(place -> add(place, rows.apply(place)));
        return List.copyOf(left);
    }

    private Optional<JobOutcome> add(Job job) {
        var outcome = finished.apply(job);
        if (outcome.isEmpty()) {
            left.add(job);
        }
        return outcome;
    }

    private void add(Place place, Optional<SweepRow> growing) {
        var method = place.entrant().method();
        var outcomes = new HashMap<Job, JobOutcome>();
        var chosenBy = plan.chooses(method) && growing.isEmpty() ? plan.choices(place) : List.<Job>of();
        chosenBy.forEach(job -> add(job).ifPresent(outcome -> outcomes.put(job, outcome)));
        if (outcomes.size() < chosenBy.size()) {
            // Whichever factor they choose, the measurements take the same time.
            var first = plan.factors(method).getFirst();
            plan.seeds().forEach(seed -> left.add(plan.measurement(place, seed, first)));
            return;
        }
        var choice = RateChoice.of(plan, place, growing, outcomes);
        if (choice.error().isEmpty()) {
            plan.seeds().forEach(seed -> add(plan.measurement(place, seed, choice.factor())));
        }
    }
}
