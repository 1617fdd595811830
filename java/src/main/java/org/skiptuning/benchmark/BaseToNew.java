package org.skiptuning.benchmark;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.skiptuning.CancelledException;
import org.skiptuning.ClassSubset;
import org.skiptuning.Clip;
import org.skiptuning.FineTuned;
import org.skiptuning.Method;
import org.skiptuning.ProgressListener;
import org.skiptuning.SkipTuning;
import org.skiptuning.SkipTuningException;
import org.skiptuning.StepMetrics;
import org.skiptuning.TrainingDivergedException;
import org.skiptuning.TrainingListener;
import org.skiptuning.TrainingSettings;
import org.skiptuning.data.DataSet;
import org.skiptuning.report.Prose;

/**
 * Base-to-new generalisation of several methods: each trains on the first half of the classes and is measured on test
 * pictures of both halves. Its learning rate is chosen before, from one grid of factors on its recipe's, by validation
 * pictures of the trained classes; no test picture has a part in a choice.
 */
public final class BaseToNew {
    private final Plan plan;
    private final Clip clip;
    private final DataSet data;
    private final RunStore store;
    private final RowStore rows;
    private final Listener listener;

    /**
     * A learning rate that was chosen, or could not be.
     *
     * @param error why there is none
     */
    private record Choice(double factor, Optional<Long> bySeed, Optional<String> error) {}

    /**
     * What is run.
     *
     * @param recipe a method's settings but for method, shots, seed, classes and rate
     * @param rateFactors that a method's rates are tried with; one alone is taken without a trial
     */
    public record Plan(
            List<Method> methods, List<Integer> shots, List<Long> seeds, List<Double> rateFactors, Recipe recipe) {
        /** The recipe's settings of a method. */
        @FunctionalInterface
        public interface Recipe {
            TrainingSettings of(Method method, int shots);
        }

        public Plan {
            // Twice the same is one run, and would count as two.
            methods = methods.stream().distinct().toList();
            shots = shots.stream().distinct().toList();
            seeds = seeds.stream().distinct().toList();
            rateFactors = rateFactors.stream().distinct().sorted().toList();
        }

        /** Runs in all, those for choices among them. */
        public int runs() {
            return methods.stream()
                    .mapToInt(method -> shots.size() * (seeds.size() + (chooses(method) ? rateFactors.size() : 0)))
                    .sum();
        }

        /** Whether a method's learning rate is chosen on validation pictures. */
        public boolean chooses(Method method) {
            return rateFactors.size() > 1 && method.takes("learning_rate");
        }

        /** Of a method whose rate is not chosen. */
        private double onlyFactor(Method method) {
            return method.takes("learning_rate") ? rateFactors.getFirst() : 1;
        }

        RunSpec run(RunSpec.Purpose purpose, Method method, int shots, long seed, double factor) {
            var recipe = recipe().of(method, shots);
            var builder = SkipTuning.builder(recipe).shots(shots).seed(seed).classes(ClassSubset.BASE);
            if (method.takes("learning_rate")) {
                builder.learningRate(recipe.learningRate() * factor);
            }
            if (method.takes("image_learning_rate")) {
                builder.imageLearningRate(recipe.imageLearningRate() * factor);
            }
            return new RunSpec(purpose, factor, builder.settings());
        }
    }

    /** Told of progress. */
    public interface Listener {
        /** @param done runs that are finished or were skipped */
        void onRun(String title, int done, int total);

        /**
         * A step of the run that was named last.
         *
         * @param loss where it tells something
         */
        void onStep(long done, long total, Optional<Double> loss);

        void onFailure(String title, String problem);
    }

    /**
     * @param store where results are kept
     */
    BaseToNew(Plan plan, Clip clip, DataSet data, RunStore store, Listener listener) {
        this.plan = plan;
        this.clip = clip;
        this.data = data;
        this.store = store;
        this.rows = new RowStore(store);
        this.listener = listener;
    }

    /**
     * Does what is not yet done.
     *
     * @param folder gets a folder a run
     * @param kind what results hang on beside their settings, by name: model and data above all
     * @return the plan's rows, and all others that earlier plans finished in this folder
     * @throws CancelledException if the thread is interrupted; what is finished stays
     * @throws org.skiptuning.SkipTuningException if the folder holds a comparison of another kind
     */
    public static Comparison run(
            Plan plan, Clip clip, DataSet data, Path folder, Map<String, String> kind, Listener listener) {
        return new BaseToNew(plan, clip, data, RunStore.open(folder, kind), listener).run();
    }

    /**
     * Refuses a folder of another kind before any work is done.
     *
     * @throws org.skiptuning.SkipTuningException naming what differs
     */
    public static void requireKind(Path folder, Map<String, String> kind) {
        RunStore.check(folder, kind);
    }

    private Comparison run() {
        requireRates();
        var done = 0;
        var earlier = rows.all();
        var all = new ArrayList<Comparison.Row>();
        for (var shots : plan.shots()) {
            for (var method : plan.methods()) {
                all.add(row(method, shots, done));
                done += plan.seeds().size()
                        + (plan.chooses(method) ? plan.rateFactors().size() : 0);
            }
        }
        listener.onRun("", done, plan.runs());
        return new Comparison(all).with(earlier);
    }

    /** Before hours have gone: a factor may lift a recipe's rate out of its range. */
    private void requireRates() {
        for (var method : plan.methods()) {
            for (var factor : method.takes("learning_rate") ? plan.rateFactors() : List.<Double>of()) {
                try {
                    plan.run(RunSpec.Purpose.MEASUREMENT, method, plan.shots().getFirst(), 1, factor);
                } catch (IllegalArgumentException tooHigh) {
                    throw new SkipTuningException(
                            "The rate factor " + Prose.number(factor) + " is too high for " + method + ": "
                                    + tooHigh.getMessage(),
                            tooHigh);
                }
            }
        }
    }

    private Comparison.Row row(Method method, int shots, int doneBefore) {
        var done = doneBefore;
        var recipe = plan.run(RunSpec.Purpose.MEASUREMENT, method, shots, 1, 1).settings();
        var factors = method.takes("learning_rate") ? plan.rateFactors() : List.of(1.0);
        var earlier = rows.find(recipe, factors);
        var choice = choice(method, shots, earlier, done);
        done += plan.chooses(method) ? plan.rateFactors().size() : 0;
        var outcomes = new ArrayList<RunOutcome>();
        for (var seed : plan.seeds()) {
            outcomes.add(
                    choice.error().isPresent()
                            ? RunOutcome.failed(seed, choice.error().get(), false)
                            : outcome(
                                    plan.run(RunSpec.Purpose.MEASUREMENT, method, shots, seed, choice.factor()), done));
            done++;
        }
        var own = new Comparison.Row(method, shots, factors, choice.factor(), choice.bySeed(), outcomes);
        var row = earlier.map(own::grownBy).orElse(own);
        if (row.failures() == 0) {
            rows.keep(row, recipe);
        }
        return row;
    }

    /** A row that grows keeps the factor that it was begun with. */
    private Choice choice(Method method, int shots, Optional<Comparison.Row> earlier, int done) {
        if (!plan.chooses(method)) {
            return new Choice(plan.onlyFactor(method), Optional.empty(), Optional.empty());
        }
        return earlier.map(row -> new Choice(row.rateFactor(), row.chosenBySeed(), Optional.empty()))
                .orElseGet(() -> choose(method, shots, done));
    }

    /** The first factor of the best validation accuracy, by the first seed; factors whose numbers ran away are out. */
    private Choice choose(Method method, int shots, int doneBefore) {
        var seed = plan.seeds().getFirst();
        var best = -1.0;
        var chosen = plan.rateFactors().getFirst();
        Optional<String> error = Optional.empty();
        var done = doneBefore;
        for (var factor : plan.rateFactors()) {
            var outcome = outcome(plan.run(RunSpec.Purpose.CHOICE, method, shots, seed, factor), done++);
            if (outcome.validation().orElse(-1.0) > best) {
                best = outcome.validation().get();
                chosen = factor;
            }
            error = error.or(() -> outcome.error().filter(message -> !outcome.diverged()));
        }
        if (best < 0 && error.isEmpty()) {
            error = Optional.of("every learning rate tried was too high: give smaller --rate-factors");
        }
        return new Choice(chosen, Optional.of(seed), error);
    }

    private RunOutcome outcome(RunSpec run, int done) {
        listener.onRun(run.title(), done, plan.runs());
        return store.find(run).orElseGet(() -> {
            var outcome = train(run);
            if (outcome.error().isEmpty() || outcome.diverged()) {
                store.keep(run, outcome);
            }
            return outcome;
        });
    }

    private RunOutcome train(RunSpec run) {
        try (var tuned = SkipTuning.builder(run.settings()).build().fit(clip, data, steps(run))) {
            var result = tuned.result();
            var validation = run.purpose() == RunSpec.Purpose.CHOICE
                    ? Optional.of(validation(tuned, run.settings()))
                    : Optional.<Double>empty();
            var measures = run.purpose() == RunSpec.Purpose.MEASUREMENT;
            return new RunOutcome(
                    run.settings().seed(),
                    Optional.empty(),
                    false,
                    validation,
                    measures ? Optional.of(accuracy(tuned, data.base())) : Optional.empty(),
                    measures && run.settings().knowsOtherClasses()
                            ? Optional.of(accuracy(tuned, data.unseen()))
                            : Optional.empty(),
                    result.trainSeconds(),
                    result.steps(),
                    result.peakMemoryBytes(),
                    result.peakTensorBytes(),
                    result.paperStyleBytes(),
                    result.trainedParameters());
        } catch (CancelledException e) { // an interrupted training, too
            throw e;
        } catch (SkipTuningException | IllegalArgumentException failure) { // the second: it does not fit the model
            var message = String.valueOf(failure.getMessage());
            listener.onFailure(run.title(), message);
            return RunOutcome.failed(run.settings().seed(), message, failure instanceof TrainingDivergedException);
        }
    }

    private TrainingListener steps(RunSpec run) {
        return new TrainingListener() {
            @Override
            public void onStep(StepMetrics metrics) {
                var fits = run.settings().method().stepsAreFits();
                listener.onStep(
                        metrics.step() + 1,
                        metrics.totalSteps(),
                        fits ? Optional.empty() : Optional.of((double) metrics.loss()));
            }
        };
    }

    /** The validation pictures that the shots' protocol draws, as if they were the test part. */
    private double validation(FineTuned tuned, TrainingSettings settings) {
        var drawn = data.fewShot(settings.shots(), settings.seed()).base();
        var part = new DataSet(
                drawn.name(), drawn.classNames(), List.of(), List.of(), drawn.validation(), drawn.templateKey());
        return accuracy(tuned, part);
    }

    private static double accuracy(FineTuned tuned, DataSet part) {
        return tuned.evaluate(part, ProgressListener.none()).accuracy();
    }
}
