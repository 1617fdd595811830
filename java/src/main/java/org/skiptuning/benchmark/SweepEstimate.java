package org.skiptuning.benchmark;

import java.util.List;
import java.util.Map;
import org.skiptuning.ClassSubset;
import org.skiptuning.Precision;
import org.skiptuning.TrainingSettings;
import org.skiptuning.benchmark.job.Job;
import org.skiptuning.benchmark.job.Target;
import org.skiptuning.checkpoint.ClipConfiguration;
import org.skiptuning.data.DataSet;
import org.skiptuning.speed.MethodCost;

/**
 * What jobs will take, by formula: operations at a share of the rate that the machine was measured to have, pictures at what
 * their decoding takes. Sweeps and runs that were measured beside it took 1.0 to 1.6 times as long (docs/sweeps.md).
 *
 * @param jobs that it is of
 * @param gigaflops of all runs
 * @param pictures that are prepared, each as often as it is
 * @param steps of all runs
 */
public record SweepEstimate(int jobs, double gigaflops, double pictures, double steps) {
    /** Of the rate of a machine's best products, what steps and towers come to: docs/performance.md has 0.44 to 0.8. */
    private static final double SHARE_OF_RATE = 0.5;

    /** The same in 16 bits, where what is not multiplied weighs more: 0.33 to 0.49 there. */
    private static final double SHARE_OF_RATE_IN_16_BITS = 0.4;

    /** Decoding and resizing a picture of 500 by 375 on one processor, as measured there. */
    static final double SECONDS_OF_A_PICTURE = 0.004;

    /** A step's part that no formula counts: most of the 1.2 ms that one takes on an H200. */
    private static final double SECONDS_OF_A_STEP = 0.001;

    /** Files of a run: its specification, log, metrics and result. */
    private static final long BYTES_OF_A_RUN = 16_384;

    /**
     * How many there are of a data set.
     *
     * @param test pictures
     */
    public record Size(int classes, int test) {}

    /**
     * @param jobs that are to be done
     * @param sizes of all their data sets, by name
     */
    public static SweepEstimate of(List<Job> jobs, ClipConfiguration shape, Map<String, Size> sizes) {
        var all = new SweepEstimate(0, 0, 0, 0);
        for (var job : jobs) {
            all = all.and(of(job, shape, sizes));
        }
        return all;
    }

    private static SweepEstimate of(Job job, ClipConfiguration shape, Map<String, Size> sizes) {
        var gigaflops = 0.0;
        var pictures = 0.0;
        var steps = 0.0;
        if (job.settings().isPresent()) {
            var settings = job.settings().get();
            var trained = classes(settings.classes(), size(sizes, job.training().name()));
            var cost = MethodCost.of(shape, settings, trained);
            gigaflops += cost.gigaflops();
            pictures += cost.pictures();
            steps += cost.steps();
        }
        for (var target : job.targets()) {
            var size = size(sizes, target.data().name());
            var classes = classes(target.classes(), size);
            var measured = target.part() == Target.Part.TEST
                    ? (long) size.test() * classes / size.classes()
                    : (long) classes * Math.min(DataSet.VALIDATION_SHOTS, shots(job));
            gigaflops += MethodCost.evaluationGigaflops(shape, job.settings(), measured, classes);
            pictures += measured;
        }
        return new SweepEstimate(1, gigaflops, pictures, steps);
    }

    private static int shots(Job job) {
        return job.settings().map(TrainingSettings::shots).orElse(0);
    }

    private SweepEstimate and(SweepEstimate other) {
        return new SweepEstimate(
                jobs + other.jobs, gigaflops + other.gigaflops, pictures + other.pictures, steps + other.steps);
    }

    private static Size size(Map<String, Size> sizes, String dataSet) {
        var size = sizes.get(dataSet);
        if (size == null) {
            throw new IllegalArgumentException("the size of " + dataSet + " is unknown");
        }
        return size;
    }

    private static int classes(ClassSubset half, Size size) {
        return switch (half) {
            case ALL -> size.classes();
            case BASE -> Math.ceilDiv(size.classes(), 2);
            case NEW -> size.classes() / 2;
        };
    }

    /**
     * What does the jobs.
     *
     * @param gigaflops a second, of its best products in that precision
     * @param processors that decode; without a card they compute, too
     * @param cards that share the jobs; 0 where the processors compute
     */
    public record Speed(double gigaflops, Precision precision, int processors, int cards) {}

    /** By the clock. */
    public double seconds(Speed speed) {
        var share = speed.precision() == Precision.FP32 ? SHARE_OF_RATE : SHARE_OF_RATE_IN_16_BITS;
        var computing = gigaflops / (share * speed.gigaflops()) + steps * SECONDS_OF_A_STEP;
        var decoding = pictures * SECONDS_OF_A_PICTURE / speed.processors();
        return speed.cards() == 0 ? computing + decoding : Math.max(computing / speed.cards(), decoding);
    }

    /** On disk, without checkpoints, which a sweep does not keep. */
    public long bytes() {
        return jobs * BYTES_OF_A_RUN;
    }
}
