package org.skiptuning;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.skiptuning.benchmark.Protocol;
import org.skiptuning.benchmark.Shard;
import org.skiptuning.benchmark.Sweep;
import org.skiptuning.benchmark.SweepPlan;
import org.skiptuning.benchmark.SweepPlan.Entrant;
import org.skiptuning.benchmark.SweepResults;
import org.skiptuning.benchmark.job.DataReference;
import org.skiptuning.benchmark.job.Job;
import org.skiptuning.benchmark.job.JobExecutor;
import org.skiptuning.benchmark.job.JobOutcome;
import org.skiptuning.benchmark.job.ModelReference;
import org.skiptuning.benchmark.job.SequentialExecutor;
import org.skiptuning.benchmark.job.Surroundings;
import org.skiptuning.benchmark.job.Workplace;
import org.skiptuning.data.LabelledImage;

/**
 * Sweeps of seconds: a tiny model, six classes with four training, one or two validation and four test pictures, in a
 * table called tiny.
 */
record TinySweep(DataReference data, ModelReference model, JobExecutor executor) implements AutoCloseable {
    /** What a sweep's results hang on. */
    static final Map<String, String> KIND = Map.of("model", "here");

    static final Surroundings SURROUNDINGS = new Surroundings("cpu", Precision.FP32, 1, false, false);

    static TinySweep in(Path folder) throws IOException {
        var pictures = TinyPictures.write(folder.resolve("pictures"), 6, 4, 4);
        var validation = TinyPictures.write(folder.resolve("validation"), 6, 1, 2);
        var lines = new ArrayList<String>();
        table(lines, pictures.train(), pictures.classNames(), "train");
        table(lines, validation.test(), pictures.classNames(), "val");
        table(lines, pictures.test(), pictures.classNames(), "test");
        var data = new DataReference.Table(Files.write(folder.resolve("tiny.csv"), lines));
        var checkpoint = TinyClip.write(folder.resolve("model"), 1);
        try (var clip = Clip.load(checkpoint)) {
            var model = new ModelReference(checkpoint, Optional.empty(), clip.contentHash());
            return new TinySweep(data, model, new SequentialExecutor(new Workplace()));
        }
    }

    /** Until there is one. */
    static TinySweep none() {
        return new TinySweep(
                new DataReference.Table(Path.of(".")),
                new ModelReference(Path.of("."), Optional.empty(), ""),
                new SequentialExecutor(new Workplace()));
    }

    private static void table(List<String> lines, List<LabelledImage> images, List<String> names, String part) {
        images.forEach(image -> lines.add(image.path() + "," + names.get(image.label()) + "," + part));
    }

    /** Remembers what ran. */
    static final class Recorder implements JobExecutor.Listener {
        final List<String> runs = new ArrayList<>();
        final List<String> failures = new ArrayList<>();
        long steps;

        @Override
        public void onBegin(Job job) {
            runs.add(job.title());
        }

        @Override
        public void onStep(Job job, long done, long total, Optional<Double> loss) {
            steps++;
        }

        @Override
        public void onEnd(Job job, JobOutcome outcome, boolean before) {
            outcome.error().ifPresent(error -> failures.add(job.title() + ": " + error));
        }
    }

    /** Of seeds 1 and 2. */
    SweepPlan plan(List<Double> factors, String... methods) {
        return plan(List.of(1L, 2L), factors, methods);
    }

    /** Base-to-new at two shots. */
    SweepPlan plan(List<Long> seeds, List<Double> factors, String... methods) {
        return plan(
                List.of(data), List.of(2), seeds, factors, (entrant, set, shots) -> recipe(entrant, shots), methods);
    }

    SweepPlan plan(
            List<DataReference> sets,
            List<Integer> shots,
            List<Long> seeds,
            List<Double> factors,
            SweepPlan.Recipe recipe,
            String... methods) {
        var fingerprints = new TreeMap<String, String>();
        sets.forEach(set -> fingerprints.put(set.name(), DataFingerprint.of(set.open(ProgressListener.none()))));
        return new SweepPlan(
                Protocol.BASE_TO_NEW,
                Protocol.BASE_TO_NEW.tasks(sets),
                Arrays.stream(methods).map(Method::of).map(Entrant::of).toList(),
                shots,
                seeds,
                factors,
                recipe,
                model,
                "a {}.",
                fingerprints,
                Set.of(),
                SURROUNDINGS);
    }

    static TrainingSettings recipe(Entrant entrant, int shots) {
        var method = entrant.method();
        var builder = SkipTuning.builder(method).shots(shots);
        if (method.takes("batch_size")) {
            builder.batchSize(2);
        }
        if (method.takes("epochs") && method.knowsOtherClasses()) {
            builder.epochs(2);
        }
        if (method.takes("image_start_layer")) {
            builder.startLayer(1);
        }
        return builder.settings();
    }

    SweepResults run(SweepPlan plan, Path results, JobExecutor.Listener listener) {
        return Sweep.run(plan, results, KIND, Shard.ALL, executor, listener);
    }

    @Override
    public void close() {
        executor.close();
    }
}
