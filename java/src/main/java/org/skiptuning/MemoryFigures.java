package org.skiptuning;

import java.lang.management.ManagementFactory;
import org.skiptuning.ffi.NativeContext;
import org.skiptuning.files.ResidentMemory;

/** How much memory was needed. */
final class MemoryFigures {
    private static final long CARD_LIMIT = 8L << 30;

    private MemoryFigures() {}

    /** Lets both figures begin again: other runs of this process at the same time see that, too. */
    static void restart(NativeContext context) {
        context.resetPeak();
        ResidentMemory.restartPeak();
    }

    /** What LibTorch allocated at most on a card; on the processor the process's largest resident set. */
    static long peakBytes(NativeContext context) {
        return Devices.isCard(context) ? context.peakBytes() : ResidentMemory.peak();
    }

    /** Bytes that a cache may take: half of the machine's memory, and on a card what even small ones have. */
    static long cacheLimit(NativeContext context) {
        if (Devices.isCard(context)) {
            return CARD_LIMIT;
        }
        return ManagementFactory.getOperatingSystemMXBean() instanceof com.sun.management.OperatingSystemMXBean system
                ? system.getTotalMemorySize() / 2
                : Long.MAX_VALUE;
    }
}
