package org.skiptuning.benchmark;

import java.util.Map;
import org.skiptuning.ClassSubset;
import org.skiptuning.benchmark.job.Target;
import org.skiptuning.checkpoint.ClipConfiguration;
import org.skiptuning.speed.MethodCost;

/**
 * What a plan will take, by formula: operations at the rate that the machine was measured to have, pictures at what their
 * decoding takes. A guess to plan with: what it assumes of a machine has not been held against whole sweeps yet.
 *
 * @param gigaflops of all runs
 * @param pictures that are prepared, each as often as it is
 * @param steps of all runs
 */
public record SweepEstimate(double gigaflops, double pictures, double steps) {
    /** Of the rate of a machine's best products, what whole runs come to: assumed. */
    private static final double SHARE_OF_RATE = 0.5;

    /** A picture's decoding and resizing, of one processor: assumed. */
    private static final double SECONDS_OF_A_PICTURE = 0.004;

    /** A step's part that no formula counts: assumed. */
    private static final double SECONDS_OF_A_STEP = 0.001;

    /** Files of a run: its specification, log, metrics and result. */
    private static final long BYTES_OF_A_RUN = 16_384;

    /**
     * How many there are of a data set.
     *
     * @param test pictures
     */
    public record Size(int classes, int test) {}

    /** @param sizes of all data sets of the plan, by name */
    public static SweepEstimate of(SweepPlan plan, ClipConfiguration shape, Map<String, Size> sizes) {
        var gigaflops = 0.0;
        var pictures = 0.0;
        var steps = 0.0;
        for (var place : plan.places()) {
            var method = place.entrant().method();
            var cost = MethodCost.of(
                    shape,
                    plan.recipe(place),
                    classes(
                            place.task().trained(),
                            size(sizes, place.task().training().name())));
            var trained = plan.seeds().size()
                    + (plan.chooses(method) ? plan.factors(method).size() : 0);
            gigaflops += trained * cost.gigaflops();
            pictures += trained * (double) cost.pictures();
            steps += trained * (double) cost.steps();
            for (var target : plan.targets(place)) {
                var seen = half(target, size(sizes, target.data().name()));
                gigaflops += plan.seeds().size() * MethodCost.evaluationGigaflops(shape, seen.test(), seen.classes());
                pictures += plan.seeds().size() * (double) seen.test();
            }
        }
        for (var task : plan.tasks()) {
            for (var target : task.targets()) {
                var seen = half(target, size(sizes, target.data().name()));
                gigaflops += MethodCost.evaluationGigaflops(shape, seen.test(), seen.classes());
                pictures += seen.test();
            }
        }
        return new SweepEstimate(gigaflops, pictures, steps);
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

    private static Size half(Target target, Size size) {
        var classes = classes(target.classes(), size);
        return new Size(classes, (int) ((long) size.test() * classes / size.classes()));
    }

    /**
     * @param gigaflopsASecond of the machine's best products
     * @param processors that decode
     * @param sideBySide workers or machines that share the runs
     */
    public double seconds(double gigaflopsASecond, int processors, int sideBySide) {
        var computing = gigaflops / gigaflopsASecond / SHARE_OF_RATE + steps * SECONDS_OF_A_STEP;
        var decoding = pictures * SECONDS_OF_A_PICTURE / processors;
        // Decoding goes on beside the computing.
        return Math.max(computing, decoding) / sideBySide;
    }

    /** On disk, without checkpoints, which a sweep does not keep. */
    public static long bytes(SweepPlan plan) {
        return plan.runs() * BYTES_OF_A_RUN;
    }
}
