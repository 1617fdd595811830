package org.skiptuning.benchmark;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.skiptuning.Method;
import org.skiptuning.SkipTuning;
import org.skiptuning.SkipTuningException;
import org.skiptuning.TrainingSettings;
import org.skiptuning.benchmark.job.DataReference;
import org.skiptuning.benchmark.job.Job;
import org.skiptuning.benchmark.job.ModelReference;
import org.skiptuning.benchmark.job.Surroundings;
import org.skiptuning.benchmark.job.Target;
import org.skiptuning.report.Prose;

/**
 * What a sweep runs: every task by every entrant at every number of shots, over all seeds.
 *
 * @param entrants methods, and variants of one
 * @param rateFactors that a method's rates are tried with, ascending; one alone is taken without a trial
 * @param recipe settings but for shots, seed, classes and rate
 * @param templates prompts of the untouched model
 * @param fingerprints of the data sets, by name
 * @param comparable names of data sets that are what figures were published of
 */
public record SweepPlan(
        Protocol protocol,
        List<Task> tasks,
        List<Entrant> entrants,
        List<Integer> shots,
        List<Long> seeds,
        List<Double> rateFactors,
        Recipe recipe,
        ModelReference model,
        String templates,
        Map<String, String> fingerprints,
        Set<String> comparable,
        Surroundings surroundings) {
    /**
     * A method in a sweep.
     *
     * @param variant tells settings of one method apart that a study varies; else empty
     */
    public record Entrant(Method method, String variant) {
        public static Entrant of(Method method) {
            return new Entrant(method, "");
        }

        /** For people. */
        public String title() {
            return variant.isEmpty() ? method.title() : method.title() + ", " + variant.replace('-', ' ');
        }
    }

    /** The recipe's settings of an entrant. */
    @FunctionalInterface
    public interface Recipe {
        TrainingSettings of(Entrant entrant, String dataSet, int shots);
    }

    /** What is measured over all seeds, and has a line in a table. */
    public record Place(Task task, Entrant entrant, int shots) {}

    public SweepPlan {
        // Twice the same is one run, and would count as two.
        tasks = tasks.stream().distinct().toList();
        entrants = entrants.stream().distinct().toList();
        shots = shots.stream().distinct().sorted().toList();
        seeds = seeds.stream().distinct().toList();
        rateFactors = rateFactors.stream().distinct().sorted().toList();
        fingerprints = Map.copyOf(fingerprints);
        comparable = Set.copyOf(comparable);
    }

    /** Names of all that are trained on or measured. */
    public List<String> dataSets() {
        return tasks.stream()
                .flatMap(task -> task.dataSets().stream())
                .distinct()
                .toList();
    }

    /** In the order of the runs. */
    public List<Place> places() {
        var places = new ArrayList<Place>();
        for (var task : tasks) {
            for (var count : shots) {
                for (var entrant : entrants) {
                    places.add(new Place(task, entrant, count));
                }
            }
        }
        return places;
    }

    /** Whether a row is what a place came to. */
    boolean isOf(Place place, SweepRow row) {
        return row.task().equals(place.task().name())
                && row.entrant().equals(place.entrant())
                && row.shots() == place.shots()
                && row.rateFactors().equals(factors(place.entrant().method()));
    }

    boolean isComparable(Task task) {
        return comparable.containsAll(task.dataSets());
    }

    /** Runs in all, those for choices and of the untouched model among them. */
    public int runs() {
        return Sweep.runs(this, Shard.ALL);
    }

    /** Of a place, those for its choice among them. */
    int runs(Place place) {
        return seeds.size() + (chooses(place.entrant().method()) ? rateFactors.size() : 0);
    }

    /**
     * Before any work is done, unless a study tries start layers.
     *
     * @throws SkipTuningException if a start layer leaves no block to train
     */
    public void requireBlocks(int imageLayers, int textLayers) {
        places().stream()
                .filter(place -> place.entrant().variant().isEmpty()
                        && place.entrant().method().takes("image_start_layer"))
                .map(this::recipe)
                .forEach(settings -> {
                    try {
                        settings.imageStartLayer().resolve("image", imageLayers);
                        settings.textStartLayer().resolve("text", textLayers);
                    } catch (IllegalArgumentException none) {
                        throw new SkipTuningException(settings.method().title() + ": " + none.getMessage(), none);
                    }
                });
    }

    /**
     * Before hours have gone: a factor may lift a recipe's rate out of its range.
     *
     * @throws SkipTuningException naming the factor
     */
    public void requireRates() {
        for (var place : places()) {
            for (double factor : factors(place.entrant().method())) {
                try {
                    measurement(place, 1, factor);
                } catch (IllegalArgumentException tooHigh) {
                    throw new SkipTuningException(
                            "The rate factor " + Prose.number(factor) + " is too high for "
                                    + place.entrant().method() + ": " + tooHigh.getMessage(),
                            tooHigh);
                }
            }
        }
    }

    /** Whether a method's learning rate is chosen on validation pictures. */
    public boolean chooses(Method method) {
        return rateFactors.size() > 1 && method.takes("learning_rate");
    }

    /** Those that mean something to a method. */
    List<Double> factors(Method method) {
        return method.takes("learning_rate") ? rateFactors : List.of(1.0);
    }

    /** The settings of a place, but for seed and factor. */
    TrainingSettings recipe(Place place) {
        return SkipTuning.builder(
                        recipe.of(place.entrant(), place.task().training().name(), place.shots()))
                .shots(place.shots())
                .classes(place.task().trained())
                .settings();
    }

    /** By the first seed, a run a factor. */
    List<Job> choices(Place place) {
        return factors(place.entrant().method()).stream()
                .map(factor -> job(
                        Job.Purpose.CHOICE,
                        place,
                        seeds.getFirst(),
                        factor,
                        List.of(place.task().validation())))
                .toList();
    }

    Job measurement(Place place, long seed, double factor) {
        return job(Job.Purpose.MEASUREMENT, place, seed, factor, targets(place));
    }

    /** Methods that know the trained classes alone are measured on these. */
    List<Target> targets(Place place) {
        var task = place.task();
        return place.entrant().method().knowsOtherClasses()
                ? task.targets()
                : task.targets().stream()
                        .filter(target -> target.data().equals(task.training())
                                && target.classes().equals(task.trained()))
                        .toList();
    }

    /** Of the data sets that a job looks at: others may come and go beside it. */
    private Map<String, String> fingerprints(DataReference training, List<Target> targets) {
        var own = new TreeMap<String, String>();
        Stream.concat(Stream.of(training), targets.stream().map(Target::data))
                .map(DataReference::name)
                .filter(fingerprints::containsKey)
                .forEach(name -> own.put(name, Objects.requireNonNull(fingerprints.get(name))));
        return own;
    }

    Job zeroShot(Task task) {
        return new Job(
                task.name(),
                Job.Purpose.ZERO_SHOT,
                model,
                task.training(),
                Optional.empty(),
                1,
                "",
                templates,
                task.targets(),
                fingerprints(task.training(), task.targets()),
                surroundings,
                Optional.empty());
    }

    private Job job(Job.Purpose purpose, Place place, long seed, double factor, List<Target> targets) {
        var recipe = recipe(place);
        var builder = SkipTuning.builder(recipe).seed(seed);
        if (recipe.method().takes("learning_rate")) {
            builder.learningRate(recipe.learningRate() * factor);
        }
        if (recipe.method().takes("image_learning_rate")) {
            builder.imageLearningRate(recipe.imageLearningRate() * factor);
        }
        return new Job(
                place.task().name(),
                purpose,
                model,
                place.task().training(),
                Optional.of(builder.settings()),
                factor,
                place.entrant().variant(),
                "",
                targets,
                fingerprints(place.task().training(), targets),
                surroundings,
                Optional.empty());
    }
}
