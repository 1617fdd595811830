package org.skiptuning.ffi;

import java.lang.foreign.Linker;
import java.lang.invoke.MethodHandle;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.skiptuning.AverageTime;
import org.skiptuning.SmallestClip;

/** What it costs to call the core, and to make and end a handle. */
@State(Scope.Benchmark)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class Calls extends AverageTime {
    private static final long BUFFER_BYTES = 1 << 12;

    private NativeContext context;

    /** Bound here alone: the library asks for the version once, before it binds anything. */
    private static final class Version {
        static final MethodHandle HANDLE = Linker.nativeLinker()
                .downcallHandle(
                        NativeLibrary.symbols().findOrThrow("st_abi_version"), Signatures.ALL.get("st_abi_version"));
    }

    @Setup
    public void create() {
        context = NativeContext.create("cpu", 1);
    }

    /** No argument, no handle, no status: the way over and back. */
    @Benchmark
    public int version() throws Throwable {
        return (int) Version.HANDLE.invokeExact();
    }

    /** A handle's use count, a struct in an arena, a status. */
    @Benchmark
    public long memoryFigure() {
        return context.allocatedBytes();
    }

    @Benchmark
    public String contextAsJson() {
        return context.infoJson();
    }

    @Benchmark
    public void contextMadeAndClosed() {
        NativeContext.create("cpu", 1).close();
    }

    @Benchmark
    public void modelForkedAndClosed(SmallestClip clip) {
        clip.model().fork().close();
    }

    @Benchmark
    public void bufferMadeAndClosed() {
        NativeBuffer.allocate(BUFFER_BYTES).close();
    }

    @TearDown
    public void close() {
        context.close();
    }
}
