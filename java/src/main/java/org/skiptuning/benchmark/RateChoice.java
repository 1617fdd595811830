package org.skiptuning.benchmark;

import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.skiptuning.benchmark.SweepPlan.Place;
import org.skiptuning.benchmark.job.Job;
import org.skiptuning.benchmark.job.JobOutcome;

/**
 * The factor that a place's rates are multiplied by.
 *
 * @param bySeed the seed of the runs that chose it; empty where it was taken without a trial
 * @param error why there is none
 */
record RateChoice(double factor, Optional<Long> bySeed, Optional<String> error) {
    /**
     * @param growing a row that earlier sweeps began: it keeps the factor that it was begun with
     * @param outcomes of the runs that choose, where there is no such row
     */
    static RateChoice of(SweepPlan plan, Place place, Optional<SweepRow> growing, Map<Job, JobOutcome> outcomes) {
        var method = place.entrant().method();
        if (!plan.chooses(method)) {
            return new RateChoice(plan.factors(method).getFirst(), Optional.empty(), Optional.empty());
        }
        return growing.map(row -> new RateChoice(row.rateFactor(), row.chosenBySeed(), Optional.empty()))
                .orElseGet(() -> among(plan, place, outcomes));
    }

    /** The first factor of the best validation accuracy; factors whose numbers ran away are out. */
    private static RateChoice among(SweepPlan plan, Place place, Map<Job, JobOutcome> outcomes) {
        var best = -1.0;
        var chosen = plan.rateFactors().getFirst();
        Optional<String> error = Optional.empty();
        for (var job : plan.choices(place)) {
            var outcome = Objects.requireNonNull(outcomes.get(job));
            var accuracy = outcome.accuracies().getOrDefault(Task.VALIDATION, -1.0);
            if (accuracy > best) {
                best = accuracy;
                chosen = job.rateFactor();
            }
            error = error.or(() -> outcome.error().filter(message -> !outcome.diverged()));
        }
        if (best < 0 && error.isEmpty()) {
            error = Optional.of("every learning rate tried was too high: give smaller --rate-factors");
        }
        return new RateChoice(chosen, Optional.of(plan.seeds().getFirst()), error);
    }
}
