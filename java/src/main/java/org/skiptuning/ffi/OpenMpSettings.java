package org.skiptuning.ffi;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.ValueLayout;

/**
 * OpenMP's behaviour, which its library reads from the environment when it is loaded. By default its threads spin for
 * milliseconds at each barrier; beside other busy processes a step then took several times as long as with a short spin.
 */
final class OpenMpSettings {
    private static final String SPIN_COUNT = "GOMP_SPINCOUNT";
    private static final String WAIT_POLICY = "OMP_WAIT_POLICY";

    private OpenMpSettings() {}

    /** Sets a short spin, unless the user has set how OpenMP waits. */
    static void limitSpinning() {
        if (System.getenv(SPIN_COUNT) != null || System.getenv(WAIT_POLICY) != null) {
            return;
        }
        var linker = Linker.nativeLinker();
        var setenv = linker.defaultLookup()
                .find("setenv")
                .map(symbol -> linker.downcallHandle(
                        symbol,
                        FunctionDescriptor.of(
                                ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.ADDRESS, ValueLayout.JAVA_INT)));
        if (setenv.isEmpty()) {
            return;
        }
        try (var arena = Arena.ofConfined()) {
            int ignored = (int) setenv.get().invokeExact(arena.allocateFrom(SPIN_COUNT), arena.allocateFrom("1000"), 0);
        } catch (Throwable impossible) {
            throw new AssertionError(impossible);
        }
    }
}
