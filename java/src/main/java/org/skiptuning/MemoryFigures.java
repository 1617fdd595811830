package org.skiptuning;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import org.skiptuning.ffi.NativeContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** How much memory was needed. */
final class MemoryFigures {
    private static final Logger LOG = LoggerFactory.getLogger(MemoryFigures.class);
    private static final long CARD_LIMIT = 8L << 30;

    private MemoryFigures() {}

    /** Lets both figures begin again: other runs of this process at the same time see that, too. */
    static void restart(NativeContext context) {
        context.resetPeak();
        try {
            Files.writeString(Path.of("/proc/self/clear_refs"), "5"); // resets VmHWM, see proc_pid_clear_refs(5)
        } catch (IOException e) {
            LOG.debug("The peak of the resident set counts from the start of the process", e);
        }
    }

    /** What LibTorch allocated at most on a card; on the processor the process's largest resident set. */
    static long peakBytes(NativeContext context) {
        return Devices.name(context).startsWith("cuda") ? context.peakBytes() : peakResidentBytes();
    }

    /** VmHWM of Linux; the heap's size where there is no such figure. */
    static long peakResidentBytes() {
        try (var lines = Files.lines(Path.of("/proc/self/status"))) {
            return lines.filter(line -> line.startsWith("VmHWM:"))
                    .map(line -> line.replaceAll("\\D", ""))
                    .mapToLong(kilobytes -> Long.parseLong(kilobytes) * 1024)
                    .findFirst()
                    .orElseGet(MemoryFigures::heapBytes);
        } catch (IOException e) {
            return heapBytes();
        }
    }

    /** Bytes that a cache may take: half of the machine's memory, and on a card what even small ones have. */
    static long cacheLimit(NativeContext context) {
        if (Devices.name(context).startsWith("cuda")) {
            return CARD_LIMIT;
        }
        return ManagementFactory.getOperatingSystemMXBean() instanceof com.sun.management.OperatingSystemMXBean system
                ? system.getTotalMemorySize() / 2
                : Long.MAX_VALUE;
    }

    private static long heapBytes() {
        return Runtime.getRuntime().totalMemory();
    }
}
