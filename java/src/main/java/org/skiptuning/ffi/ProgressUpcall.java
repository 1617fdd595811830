package org.skiptuning.ffi;

import java.lang.foreign.Arena;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import org.jspecify.annotations.Nullable;

/**
 * {@code st_progress} for a Java callback. An exception that left an upcall would end the JVM: it is kept, the call is
 * cancelled, and {@link #rethrowAfter} throws it.
 */
final class ProgressUpcall {
    private static final int GO_ON = 0;
    private static final int CANCEL = 1;

    private final LongBinaryProgress progress;
    private final MemorySegment pointer;
    private @Nullable Throwable thrown;

    ProgressUpcall(LongBinaryProgress progress, Arena arena) {
        this.progress = progress;
        try {
            var method = MethodHandles.lookup()
                    .findVirtual(
                            ProgressUpcall.class,
                            "call",
                            MethodType.methodType(int.class, MemorySegment.class, long.class, long.class))
                    .bindTo(this);
            this.pointer = Linker.nativeLinker().upcallStub(method, Signatures.PROGRESS, arena);
        } catch (ReflectiveOperationException impossible) {
            throw new AssertionError(impossible);
        }
    }

    MemorySegment pointer() {
        return pointer;
    }

    MemorySegment user() {
        return MemorySegment.NULL;
    }

    /** Runs a downcall that uses this; what the callback threw goes before what the call says. */
    void rethrowAfter(Runnable downcall) {
        try {
            downcall.run();
        } catch (RuntimeException cancelled) {
            if (thrown instanceof RuntimeException failure) {
                throw failure;
            }
            if (thrown instanceof Error failure) {
                throw failure;
            }
            throw cancelled;
        }
    }

    @SuppressWarnings("unused") // by the native core
    private int call(MemorySegment user, long done, long total) {
        try {
            boolean wanted = progress.progress(done, total);
            return wanted && !Thread.currentThread().isInterrupted() ? GO_ON : CANCEL;
        } catch (Throwable failure) {
            thrown = failure;
            return CANCEL;
        }
    }
}
