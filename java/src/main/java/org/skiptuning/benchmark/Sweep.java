package org.skiptuning.benchmark;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.skiptuning.CancelledException;
import org.skiptuning.SkipTuningException;
import org.skiptuning.benchmark.SweepPlan.Place;
import org.skiptuning.benchmark.job.Job;
import org.skiptuning.benchmark.job.JobExecutor;
import org.skiptuning.benchmark.job.JobOutcome;

/**
 * Runs a plan: first the untouched model and what learning rates are chosen by, then the measurements. Which jobs there
 * are hangs on the plan and on choices alone, so that any executor comes to the same.
 */
public final class Sweep {
    private final SweepPlan plan;
    private final SweepStore store;
    private final JobExecutor executor;
    private final JobExecutor.Listener listener;

    private Sweep(SweepPlan plan, SweepStore store, JobExecutor executor, JobExecutor.Listener listener) {
        this.plan = plan;
        this.store = store;
        this.executor = executor;
        this.listener = listener;
    }

    /**
     * Does what is not yet done.
     *
     * @param folder gets a folder a run
     * @param kind what results hang on beside their settings, by name
     * @param shard the part of the plan that is done here
     * @return the plan's rows as far as they are done, and all others that earlier plans finished in this folder
     * @throws CancelledException if the thread is interrupted; what is finished stays
     * @throws SkipTuningException if the folder holds a sweep of another kind
     */
    public static SweepResults run(
            SweepPlan plan,
            Path folder,
            Map<String, String> kind,
            Shard shard,
            JobExecutor executor,
            JobExecutor.Listener listener) {
        return new Sweep(plan, SweepStore.open(folder, kind), executor, listener).run(shard);
    }

    /** Whether a folder holds a sweep that would grow. */
    public static boolean isAt(Path folder) {
        return SweepStore.isAt(folder);
    }

    /**
     * Refuses a folder of another kind before any work is done.
     *
     * @throws SkipTuningException naming what differs
     */
    public static void requireKind(Path folder, Map<String, String> kind) {
        SweepStore.check(folder, kind);
    }

    private SweepResults run(Shard shard) {
        plan.requireRates();
        var earlier = store.rows();
        var places = places(plan, shard);
        var tasks = zeroShotTasks(plan, shard);
        var growing = new HashMap<Place, SweepRow>();
        places.forEach(place -> store.find(plan, place).ifPresent(row -> growing.put(place, row)));

        var zeroShot = new LinkedHashMap<String, JobOutcome>(store.zeroShot());
        var first = new ArrayList<Job>();
        tasks.forEach(task -> first.add(plan.zeroShot(task)));
        places.stream()
                .filter(place -> plan.chooses(place.entrant().method()) && !growing.containsKey(place))
                .forEach(place -> first.addAll(plan.choices(place)));
        var begun = execute(first);
        tasks.forEach(task -> zeroShot.put(task.name(), begun.get(plan.zeroShot(task))));

        var choices = new LinkedHashMap<Place, RateChoice>();
        places.forEach(place ->
                choices.put(place, RateChoice.of(plan, place, Optional.ofNullable(growing.get(place)), begun)));
        return new SweepResults(plan.protocol(), zeroShot, measure(choices, growing)).with(earlier);
    }

    /** A row for each place; where another command chose another factor meanwhile, with that one's. */
    private List<SweepRow> measure(Map<Place, RateChoice> choices, Map<Place, SweepRow> growing) {
        var measurements = new ArrayList<Job>();
        choices.forEach((place, choice) -> {
            if (choice.error().isEmpty()) {
                plan.seeds().forEach(seed -> measurements.add(plan.measurement(place, seed, choice.factor())));
            }
        });
        var measured = execute(measurements);
        var rows = new ArrayList<SweepRow>();
        var settled = new LinkedHashMap<Place, RateChoice>();
        choices.forEach((place, choice) -> {
            var row = row(place, choice, Optional.ofNullable(growing.get(place)), measured);
            // A run that failed is in the row, too, and done again; where no rate could be chosen there is none.
            var kept = choice.error().isEmpty() ? store.keep(plan, place, row) : row;
            if (kept.rateFactor() == row.rateFactor()) {
                rows.add(kept);
            } else {
                growing.put(place, kept);
                settled.put(place, new RateChoice(kept.rateFactor(), kept.chosenBySeed(), Optional.empty()));
            }
        });
        if (!settled.isEmpty()) {
            rows.addAll(measure(settled, growing));
        }
        return rows;
    }

    /** A shard's share of each entrant's places, for one entrant's runs may take a hundred times as long as another's. */
    static List<Place> places(SweepPlan plan, Shard shard) {
        var byEntrant = plan.places().stream()
                .sorted(Comparator.comparingInt((Place place) -> plan.entrants().indexOf(place.entrant())))
                .toList();
        var own = Set.copyOf(shard.of(byEntrant));
        return plan.places().stream().filter(own::contains).toList();
    }

    static List<Task> zeroShotTasks(SweepPlan plan, Shard shard) {
        return shard.of(plan.tasks());
    }

    /** How many runs a shard is, those for choices and of the untouched model among them. */
    public static int runs(SweepPlan plan, Shard shard) {
        return zeroShotTasks(plan, shard).size()
                + places(plan, shard).stream().mapToInt(plan::runs).sum();
    }

    private Map<Job, JobOutcome> execute(List<Job> jobs) {
        var outcomes = new HashMap<String, JobOutcome>();
        executor.run(jobs, store.jobs(), new JobExecutor.Listener() {
            @Override
            public void onBegin(Job job) {
                listener.onBegin(job);
            }

            @Override
            public void onStep(Job job, long done, long total, Optional<Double> loss) {
                listener.onStep(job, done, total, loss);
            }

            @Override
            public void onEnd(Job job, JobOutcome outcome, boolean before) {
                outcomes.put(job.folder() + job.resultFile(), outcome);
                listener.onEnd(job, outcome, before);
            }
        });
        // By its folder: an executor may have given a job another device.
        var found = new HashMap<Job, JobOutcome>();
        for (var job : jobs) {
            var outcome = outcomes.get(job.folder() + job.resultFile());
            found.put(job, outcome != null ? outcome : JobOutcome.failed("it was not run", false));
        }
        return found;
    }

    private SweepRow row(Place place, RateChoice choice, Optional<SweepRow> earlier, Map<Job, JobOutcome> measured) {
        var outcomes = new TreeMap<Long, JobOutcome>();
        for (var seed : plan.seeds()) {
            outcomes.put(
                    seed,
                    choice.error()
                            .map(error -> JobOutcome.failed(error, false))
                            .orElseGet(() -> Objects.requireNonNull(
                                    measured.get(plan.measurement(place, seed, choice.factor())))));
        }
        var own = new SweepRow(
                place.task().name(),
                place.entrant(),
                place.shots(),
                plan.factors(place.entrant().method()),
                choice.factor(),
                choice.bySeed(),
                outcomes,
                plan.isComparable(place.task()));
        return earlier.map(own::grownBy).orElse(own);
    }
}
