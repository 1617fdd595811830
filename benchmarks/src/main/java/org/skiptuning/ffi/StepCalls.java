package org.skiptuning.ffi;

import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.skiptuning.AverageTime;
import org.skiptuning.SmallestClip;

/** A step of training: what it costs around its computation, and beside it the smallest computation there can be. */
@State(Scope.Benchmark)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class StepCalls extends AverageTime {
    private final long[] rows = LongStream.range(0, SmallestClip.BATCH).toArray();
    private final long[] labels = new long[SmallestClip.BATCH];
    private BareStep bare;
    private IdleTrainer idle;

    @Setup
    public void create(SmallestClip clip) {
        Arrays.fill(labels, 3); // of one class, as the batches of a few-shot run
        bare = new BareStep(clip, rows, labels);
        idle = new IdleTrainer(clip);
    }

    /** All that is not the core's: batches, rates, both calls of a step and their structs, metrics. */
    @Benchmark
    @OperationsPerInvocation(SmallestClip.STEPS)
    public void shareOfJava(SmallestClip clip) {
        clip.epochWithoutComputing(idle);
    }

    /** Of that, the binding's: both calls, their structs and results. */
    @Benchmark
    public StepResult shareOfTheBinding() {
        idle.begin(0, rows, labels, 0, 0);
        return idle.end();
    }

    /** The smallest model's computation, with one call and nothing around it. */
    @Benchmark
    public int smallestModelBare() throws Throwable {
        return bare.run();
    }

    @Benchmark
    public StepResult smallestModel(SmallestClip clip) {
        return clip.trainer().step(0, rows, labels, 0, 0);
    }

    @Benchmark
    public double lossRead() {
        return bare.loss();
    }

    @TearDown
    public void close() {
        bare.close();
    }
}
