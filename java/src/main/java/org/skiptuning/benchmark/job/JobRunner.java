package org.skiptuning.benchmark.job;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.skiptuning.CancelledException;
import org.skiptuning.Clip;
import org.skiptuning.EpochMetrics;
import org.skiptuning.Evaluation;
import org.skiptuning.ProgressListener;
import org.skiptuning.SkipTuning;
import org.skiptuning.SkipTuningException;
import org.skiptuning.StepMetrics;
import org.skiptuning.TrainingDivergedException;
import org.skiptuning.TrainingListener;
import org.skiptuning.TrainingSettings;
import org.skiptuning.UnreadablePictureException;
import org.skiptuning.data.DataSet;
import org.skiptuning.data.TemplateSet;

/** Does a job: trains, and measures what it is to be measured on. */
public final class JobRunner {
    private final Workplace workplace;
    private final JobStore store;
    private final JobListener listener;
    private final List<String> warnings = new ArrayList<>();

    /** @param store that gets what a job leaves beside its outcome */
    public JobRunner(Workplace workplace, JobStore store, JobListener listener) {
        this.workplace = workplace;
        this.store = store;
        this.listener = listener;
    }

    private interface Evaluator {
        Evaluation evaluate(DataSet pictures);
    }

    /**
     * What it came to; a run that fails is an outcome, too.
     *
     * @throws CancelledException if the thread is interrupted
     */
    public JobOutcome run(Job job) {
        try {
            var clip = workplace.clip(job.model(), job.surroundings());
            var outcome = switch (job.purpose()) {
                case ZERO_SHOT -> zeroShot(job, clip);
                case CHOICE, MEASUREMENT -> train(job, job.settings().orElseThrow(), clip);
                case EXTRACTION -> extract(job, job.settings().orElseThrow(), clip);
            };
            return outcome.with(warnings);
        } catch (CancelledException e) { // an interrupted training, too
            throw e;
        } catch (UnreadablePictureException bad) {
            return JobOutcome.failed(
                    bad.problem()
                            + "; a sweep of its own with --skip-bad-images leaves out pictures that cannot be read",
                    false);
        } catch (SkipTuningException | IllegalArgumentException failure) { // the second: it does not fit the model
            return JobOutcome.failed(
                    String.valueOf(failure.getMessage()), failure instanceof TrainingDivergedException);
        }
    }

    private JobOutcome zeroShot(Job job, Clip clip) {
        var templates = TemplateSet.of(job.templates());
        var start = System.nanoTime();
        var accuracies = accuracies(job, 1, 0, pictures -> clip.zeroShot(pictures, templates, progress()));
        return JobOutcome.untrained(accuracies, (System.nanoTime() - start) / 1e9, measuredOn(job, clip));
    }

    private JobOutcome train(Job job, TrainingSettings settings, Clip clip) {
        var data = workplace.data(job, job.training(), progress());
        try (var tuned = SkipTuning.builder(settings).build().fit(clip, data, steps(settings))) {
            var result = tuned.result();
            return new JobOutcome(
                    Optional.empty(),
                    false,
                    accuracies(
                            job, settings.shots(), settings.seed(), pictures -> tuned.evaluate(pictures, progress())),
                    result.trainSeconds(),
                    result.steps(),
                    result.peakMemoryBytes(),
                    result.peakTensorBytes(),
                    result.paperStyleBytes(),
                    result.trainedParameters(),
                    Optional.of(measuredOn(job, clip)),
                    List.of());
        }
    }

    private JobOutcome extract(Job job, TrainingSettings settings, Clip clip) {
        var part = job.part().orElseThrow();
        var start = System.nanoTime();
        workplace
                .extraction(job.training(), settings, clip, progress())
                .compute(part, store.root(), (phase, done, total) -> listener.onStep(done, total, Optional.empty()));
        return JobOutcome.extracted(part.rows(), (System.nanoTime() - start) / 1e9, measuredOn(job, clip));
    }

    private static MeasuredOn measuredOn(Job job, Clip clip) {
        return MeasuredOn.now(clip.info().device(), job.surroundings().threads());
    }

    private SortedMap<String, Double> accuracies(Job job, int shots, long seed, Evaluator evaluator) {
        var accuracies = new TreeMap<String, Double>();
        for (var target : job.targets()) {
            var whole = workplace.data(job, target.data(), progress());
            var pictures = target.pictures(whole, shots, seed);
            var evaluation = evaluator.evaluate(pictures);
            accuracies.put(target.name(), evaluation.accuracy());
            var unread = pictures.test().size() - evaluation.total();
            if (unread > 0) {
                var warning = "Of " + pictures.test().size() + " test pictures of " + whole.name() + " ("
                        + target.name() + ") " + unread + " cannot be read, and are left out";
                warnings.add(warning);
                listener.onWarning(warning);
            }
        }
        return accuracies;
    }

    /** Interruptions come in through it; training has a display of its own. */
    private static ProgressListener progress() {
        return ProgressListener.none();
    }

    private TrainingListener steps(TrainingSettings settings) {
        var fits = settings.method().stepsAreFits();
        return new TrainingListener() {
            @Override
            public void onStep(StepMetrics metrics) {
                listener.onStep(
                        metrics.step() + 1,
                        metrics.totalSteps(),
                        fits ? Optional.empty() : Optional.of((double) metrics.loss()));
            }

            @Override
            public void onEpoch(EpochMetrics metrics) {
                listener.onEpoch(metrics);
            }

            @Override
            public void onWarning(String text) {
                warnings.add(text);
                listener.onWarning(text);
            }
        };
    }
}
