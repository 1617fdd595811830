package org.skiptuning;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Optional;
import org.skiptuning.ffi.NativeTrainer;
import org.skiptuning.ffi.StepResult;

/** Epoch by epoch, step by step: rates, batches, rows, the native step, metrics. */
final class TrainingLoop {
    private final TrainingData data;
    private final RowCache rows;
    private final RowCache.Filler filler;
    private final Steps steps;
    private final MetricsLog metrics;
    private final TrainingListener listener;
    private final SavePace pace;
    private final int ahead;
    private final ArrayDeque<Begun> begun = new ArrayDeque<>();

    /** A step on its way. */
    private record Begun(int epoch, long step, int[] batch, LearningRates rates) {}

    /** What computes: the native trainer, or what stands in its place where the loop's own time is measured. */
    interface Steps {
        /** The arguments are those of {@link NativeTrainer#beginStep}. */
        void begin(long step, long[] imageRows, long[] labels, double textRate, double imageRate);

        /** The result of the earliest step that was begun and not ended. */
        StepResult end();

        /** After the last step of an epoch. */
        default void endEpoch(int epoch) {}

        /**
         * @param shown pictures that the method chooses by after a step
         * @param average of the parameters after each epoch
         */
        static Steps of(NativeTrainer trainer, ShownPictures shown, Optional<EpochAverage> average) {
            return new Steps() {
                @Override
                public void begin(long step, long[] imageRows, long[] labels, double textRate, double imageRate) {
                    trainer.beginStep(step, imageRows, labels, textRate, imageRate);
                }

                @Override
                public StepResult end() {
                    var result = trainer.endStep();
                    shown.validateStep(trainer);
                    return result;
                }

                @Override
                public void endEpoch(int epoch) {
                    average.ifPresent(bell -> trainer.accumulate(bell.weight(epoch)));
                }
            };
        }
    }

    /** Puts the run's state on disk, where it has a directory. */
    interface Checkpointer {
        /** Called before each save; takes time before the first alone. */
        void prepare();

        void save();

        /** Of a run without a directory. */
        static Checkpointer none() {
            return new Checkpointer() {
                @Override
                public void prepare() {}

                @Override
                public void save() {}
            };
        }
    }

    /**
     * @param metrics holds the steps done before, and grows
     * @param ahead steps that a card gets before the result of the first is waited for
     */
    TrainingLoop(
            TrainingData data,
            Steps steps,
            RowCache rows,
            RowCache.Filler filler,
            MetricsLog metrics,
            TrainingListener listener,
            Checkpointer checkpointer,
            int ahead) {
        this.data = data;
        this.rows = rows;
        this.filler = filler;
        this.steps = steps;
        this.metrics = metrics;
        this.listener = listener;
        this.pace = new SavePace(checkpointer::prepare, checkpointer::save, System::nanoTime);
        this.ahead = ahead;
    }

    /**
     * Trains to the end.
     *
     * @throws TrainingInterruptedException if the thread is interrupted; the state is saved then
     */
    void run() {
        try {
            var perEpoch = data.stepsPerEpoch();
            for (var epoch = (int) (metrics.steps() / perEpoch); epoch < data.epochs(); epoch++) {
                epoch(epoch, (int) (metrics.steps() - (long) epoch * perEpoch));
            }
            CancelledException.check(Phase.TRAIN);
        } catch (CancelledException e) {
            throw interrupted();
        }
        if (data.totalSteps() == 0) { // a run, too, and the folder's from now on
            pace.saveNow();
        }
    }

    private void epoch(int epoch, int firstStep) {
        var begin = System.nanoTime();
        var batches = data.batches(epoch);
        for (var step = firstStep; step < batches.size(); step++) {
            CancelledException.check(Phase.TRAIN);
            var imageRows = rows.rows(epoch, step, batches, filler);
            var rates = rates(epoch, step);
            begin(epoch, batches.get(step), imageRows, rates);
        }
        endAll();
        steps.endEpoch(epoch);
        if (epoch + 1 == data.epochs()) {
            pace.saveNow();
        } else {
            pace.saveIfDue();
        }
        listener.onEpoch(new EpochMetrics(
                epoch,
                data.epochs(),
                batches.size(),
                metrics.meanLoss(epoch),
                rates(epoch, 0),
                (System.nanoTime() - begin) / 1e9));
    }

    private LearningRates rates(int epoch, int step) {
        return Schedule.rates(
                data.settings(),
                epoch,
                (long) epoch * data.stepsPerEpoch() + step,
                data.stepsPerEpoch(),
                data.totalSteps());
    }

    private void begin(int epoch, int[] batch, long[] imageRows, LearningRates rates) {
        var step = metrics.steps() + begun.size();
        var labels = Arrays.stream(batch)
                .mapToLong(index -> data.images().get(index).label())
                .toArray();
        steps.begin(step, imageRows, labels, rates.text(), rates.image());
        begun.add(new Begun(epoch, step, batch, rates));
        if (begun.size() > ahead) {
            end();
        }
    }

    private void endAll() {
        while (!begun.isEmpty()) {
            end();
        }
    }

    private void end() {
        var step = begun.remove();
        var result = steps.end();
        if (!Double.isFinite(result.loss())) {
            var message = notANumber(step.epoch(), step.step(), result.loss(), step.rates());
            throw step.step() == 0 ? new SkipTuningException(message) : new TrainingDivergedException(message);
        }
        var done = new StepMetrics(
                step.epoch(),
                step.step(),
                data.totalSteps(),
                (float) result.loss(),
                step.rates(),
                Arrays.stream(result.keptClasses()).mapToObj(Math::toIntExact).toList(),
                Arrays.stream(step.batch())
                        .mapToObj(index -> data.images().get(index).path())
                        .toList());
        metrics.add(done);
        listener.onStep(done);
        listener.onProgress(Phase.TRAIN, step.step() + 1, data.totalSteps());
    }

    private String notANumber(int epoch, long step, double loss, LearningRates rates) {
        var where = "The loss is " + loss + " at step " + step + " (epoch " + epoch + ", learning rates " + rates.text()
                + " text, " + rates.image() + " image)";
        var half = data.settings().precision() == Precision.FP16 ? ", or use precision bf16 or fp32" : "";
        return step == 0
                ? where + ", before any change: the model's features aren't finite or are all zero, so its weights are"
                        + " damaged, or not those of its configuration" + half
                : where + ": lower the learning rates" + half;
    }

    private TrainingInterruptedException interrupted() {
        endAll();
        if (metrics.steps() > 0) { // else there is nothing to keep, and perhaps an earlier run to spare
            pace.saveNow();
        }
        return new TrainingInterruptedException(
                "Interrupted after step " + metrics.steps() + " of " + data.totalSteps(), metrics.steps());
    }
}
