package org.skiptuning.ffi;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;
import java.lang.foreign.ValueLayout;

/** What malloc knows. */
final class MallocFigures {
    private MallocFigures() {}

    /**
     * Bytes that are in use after the work and were not before, the least of up to three turns: the JVM's own compilers
     * take some megabytes now and then, what leaks leaks in each turn.
     */
    static long leastGrowth(Runnable work) throws Throwable {
        long least = Long.MAX_VALUE;
        for (var turn = 0; turn < 3 && least > 1 << 20; turn++) {
            long before = bytesInUse();
            work.run();
            least = Math.min(least, bytesInUse() - before);
        }
        return least;
    }

    /** Given out and not got back, by glibc's {@code mallinfo2}: no Java heap, no pages kept for later. */
    private static long bytesInUse() throws Throwable {
        var figures = MemoryLayout.structLayout(MemoryLayout.sequenceLayout(10, ValueLayout.JAVA_LONG));
        var linker = Linker.nativeLinker();
        var function =
                linker.downcallHandle(linker.defaultLookup().findOrThrow("mallinfo2"), FunctionDescriptor.of(figures));
        try (var arena = Arena.ofConfined()) {
            var result = (MemorySegment) function.invokeExact((SegmentAllocator) arena);
            long mapped = result.getAtIndex(ValueLayout.JAVA_LONG, 4);
            return mapped + result.getAtIndex(ValueLayout.JAVA_LONG, 7);
        }
    }
}
