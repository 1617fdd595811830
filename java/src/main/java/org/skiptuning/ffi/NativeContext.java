package org.skiptuning.ffi;

import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.function.ToLongFunction;
import org.skiptuning.Precision;
import org.skiptuning.SkipTuningException;

/** One device and its threads. Closing it while models live on it takes effect when they are closed. */
public final class NativeContext implements AutoCloseable {
    private final Handle handle;

    private NativeContext(Handle handle) {
        this.handle = handle;
    }

    /**
     * @param device {@code cpu} or {@code cuda:N}
     * @param threads of computations on the CPU; 0 for as many as this process may use
     * @throws SkipTuningException if the native core cannot be loaded or the device isn't there
     */
    public static NativeContext create(String device, int threads) {
        if (!device.equals("cpu") && !device.matches("cuda:\\d{1,3}")) {
            throw new IllegalArgumentException("A device is cpu or cuda:N, not " + device);
        }
        if (threads < 0) {
            throw new IllegalArgumentException("The number of threads is negative: " + threads);
        }
        NativeLibrary.load();
        int count = threads == 0 ? Runtime.getRuntime().availableProcessors() : threads;
        return GemmChoice.decide(count, gemm -> open(device, count, gemm));
    }

    private static NativeContext open(String device, int threads, String gemm) {
        String options = "{\"device\":\"" + device + "\",\"threads\":" + threads + ",\"gemm\":\"" + gemm + "\"}";
        try (var arena = Arena.ofConfined()) {
            var text = arena.allocateFrom(options);
            return new NativeContext(Handle.create("The context of " + device, Abi.CONTEXT_RELEASE, List.of(), target ->
                    (int) Abi.CONTEXT_CREATE.invokeExact(text, target)));
        }
    }

    /** The device, its threads, the other devices of the machine and the back ends, as a JSON object. */
    public String infoJson() {
        return handle.text((context, text, capacity, length) ->
                (int) Abi.CONTEXT_INFO.invokeExact(context, text, capacity, length));
    }

    /** Measured rates of matrix products and memory, as a JSON object; takes about a second. */
    public String measureJson() {
        return handle.text((context, text, capacity, length) ->
                (int) Abi.CONTEXT_MEASURE.invokeExact(context, text, capacity, length));
    }

    /** The products of a linear layer's step: see {@code st_product} in {@code skiptuning.h}. */
    public enum Product {
        FORWARD,
        INPUT_GRADIENT,
        WEIGHT_GRADIENT
    }

    /**
     * Measures one product of [m, k] by [k, n] as the core multiplies it, in about a tenth of a second.
     *
     * @return thousands of millions of operations a second, 2·m·n·k to a product
     * @throws IllegalArgumentException if the device lacks the precision
     */
    public double gemmGigaflops(Precision precision, Product product, long m, long n, long k) {
        try (var arena = Arena.ofConfined()) {
            var result = arena.allocate(ValueLayout.JAVA_DOUBLE);
            int kind = product.ordinal();
            handle.call(context -> (int)
                    Abi.CONTEXT_GEMM_RATE.invokeExact(context, PrecisionCode.of(precision), kind, m, n, k, result));
            return result.get(ValueLayout.JAVA_DOUBLE, 0);
        }
    }

    /** Bytes of tensors on the device now, in this process; without mapped files and the memory of the caller. */
    public long allocatedBytes() {
        return memory(struct -> struct.getLong("allocated"));
    }

    /** The most of {@link #allocatedBytes} since the process began or the last {@link #resetPeak}. */
    public long peakBytes() {
        return memory(struct -> struct.getLong("peak"));
    }

    /** Lets the peak begin again at what is allocated now, for all users of the device in this process. */
    public void resetPeak() {
        handle.call(context -> (int) Abi.CONTEXT_RESET_PEAK.invokeExact(context));
    }

    @Override
    public void close() {
        handle.close();
    }

    Handle handle() {
        return handle;
    }

    private long memory(ToLongFunction<Struct> figure) {
        try (var arena = Arena.ofConfined()) {
            var struct = Struct.allocate(Layouts.MEMORY, arena);
            var segment = struct.segment();
            handle.call(context -> (int) Abi.CONTEXT_MEMORY.invokeExact(context, segment));
            return figure.applyAsLong(struct);
        }
    }
}
