package org.skiptuning;

import java.util.Arrays;
import org.skiptuning.ffi.NativeTrainer;

/** Epoch by epoch, step by step: rates, batches, rows, the native step, metrics. */
final class TrainingLoop {
    private final TrainingData data;
    private final RowCache rows;
    private final RowCache.Filler filler;
    private final NativeTrainer trainer;
    private final MetricsLog metrics;
    private final TrainingListener listener;
    private final Checkpointer checkpointer;

    /** Puts the run's state on disk, where it has a directory. */
    @FunctionalInterface
    interface Checkpointer {
        void save();
    }

    /**
     * @param metrics holds the steps done before, and grows
     */
    TrainingLoop(
            TrainingData data,
            NativeTrainer trainer,
            RowCache rows,
            RowCache.Filler filler,
            MetricsLog metrics,
            TrainingListener listener,
            Checkpointer checkpointer) {
        this.data = data;
        this.rows = rows;
        this.filler = filler;
        this.trainer = trainer;
        this.metrics = metrics;
        this.listener = listener;
        this.checkpointer = checkpointer;
    }

    /**
     * Trains to the end.
     *
     * @throws TrainingInterruptedException if the thread is interrupted; the state is saved then
     */
    void run() {
        try {
            var perEpoch = data.stepsPerEpoch();
            for (var epoch = (int) (metrics.steps() / perEpoch);
                    epoch < data.settings().epochs();
                    epoch++) {
                epoch(epoch, (int) (metrics.steps() - (long) epoch * perEpoch));
            }
            CancelledException.check(Phase.TRAIN);
        } catch (CancelledException e) {
            throw interrupted();
        }
    }

    private void epoch(int epoch, int firstStep) {
        var begin = System.nanoTime();
        var batches = data.batches(epoch);
        var rates = Schedule.rates(data.settings(), epoch);
        for (var step = firstStep; step < batches.size(); step++) {
            CancelledException.check(Phase.TRAIN);
            var imageRows = rows.rows(epoch, step, batches, filler);
            step(epoch, batches.get(step), imageRows, rates);
        }
        checkpointer.save();
        listener.onEpoch(new EpochMetrics(
                epoch,
                data.settings().epochs(),
                batches.size(),
                metrics.meanLoss(epoch),
                rates,
                (System.nanoTime() - begin) / 1e9));
    }

    private void step(int epoch, int[] batch, long[] imageRows, LearningRates rates) {
        var step = metrics.steps();
        var labels = Arrays.stream(batch)
                .mapToLong(index -> data.images().get(index).label())
                .toArray();
        var result = trainer.step(step, imageRows, labels, rates.text(), rates.image());
        if (!Double.isFinite(result.loss())) {
            throw new SkipTuningException(notANumber(epoch, step, result.loss(), rates));
        }
        var done = new StepMetrics(
                epoch,
                step,
                data.totalSteps(),
                (float) result.loss(),
                rates,
                Arrays.stream(result.keptClasses()).mapToObj(Math::toIntExact).toList(),
                Arrays.stream(batch)
                        .mapToObj(index -> data.images().get(index).path())
                        .toList());
        metrics.add(done);
        listener.onStep(done);
        listener.onProgress(Phase.TRAIN, step + 1, data.totalSteps());
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
        if (metrics.steps() > 0) { // else there is nothing to keep, and perhaps an earlier run to spare
            checkpointer.save();
        }
        return new TrainingInterruptedException(
                "Interrupted after step " + metrics.steps() + " of " + data.totalSteps(), metrics.steps());
    }
}
