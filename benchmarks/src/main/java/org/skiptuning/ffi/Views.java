package org.skiptuning.ffi;

import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.skiptuning.AverageTime;
import org.skiptuning.SmallestClip;

/** What it costs to look at the core's memory without a copy, and to copy out of it. */
@State(Scope.Benchmark)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class Views extends AverageTime {
    /** As many as a weight of 256 × 256 has. */
    private static final int NUMBERS = 1 << 16;

    private final float[] array = new float[NUMBERS];
    private NativeBuffer buffer;

    @Setup
    public void create() {
        buffer = NativeBuffer.allocate((long) NUMBERS * Float.BYTES);
        for (var i = 0; i < NUMBERS; i++) {
            buffer.putFloat((long) i * Float.BYTES, i);
        }
    }

    /** All of the model's, each with its name, shape and place. */
    @Benchmark
    public List<TensorView> viewsOfAllTensors(SmallestClip clip) {
        return clip.model().tensors();
    }

    @Benchmark
    public NativeBuffer slice() {
        return buffer.slice(Float.BYTES, Float.BYTES);
    }

    @Benchmark
    public float oneNumber() {
        return buffer.getFloat(Float.BYTES);
    }

    @Benchmark
    public float sumOf65536NumbersInPlace() {
        var sum = 0F;
        for (var i = 0; i < NUMBERS; i++) {
            sum += buffer.getFloat((long) i * Float.BYTES);
        }
        return sum;
    }

    /** What the one above is to be compared with. */
    @Benchmark
    public float sumOf65536NumbersOfAnArray() {
        var sum = 0F;
        for (var i = 0; i < NUMBERS; i++) {
            sum += array[i];
        }
        return sum;
    }

    @Benchmark
    public float[] copyOf65536Numbers() {
        buffer.getFloats(0, array, 0, NUMBERS);
        return array;
    }

    @TearDown
    public void close() {
        buffer.close();
    }
}
