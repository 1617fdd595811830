package org.skiptuning.files;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The resident set of this process, as Linux tells it; the heap's size where there is no such figure. */
public final class ResidentMemory {
    private static final Logger LOG = LoggerFactory.getLogger(ResidentMemory.class);

    private ResidentMemory() {}

    /** Bytes now. */
    public static long now() {
        return figure("VmRSS:");
    }

    /** The most bytes since the process began or {@link #restartPeak} was called. */
    public static long peak() {
        return figure("VmHWM:");
    }

    /** Lets the peak begin again at what is resident now: other users of the process see that, too. */
    public static void restartPeak() {
        try {
            Files.writeString(Path.of("/proc/self/clear_refs"), "5"); // resets VmHWM, see proc_pid_clear_refs(5)
        } catch (IOException e) {
            LOG.debug("The peak of the resident set counts from the start of the process", e);
        }
    }

    private static long figure(String name) {
        try (var lines = Files.lines(Path.of("/proc/self/status"))) {
            return lines.filter(line -> line.startsWith(name))
                    .map(line -> line.replaceAll("\\D", ""))
                    .mapToLong(kilobytes -> Long.parseLong(kilobytes) * 1024)
                    .findFirst()
                    .orElseGet(ResidentMemory::heapBytes);
        } catch (IOException e) {
            return heapBytes();
        }
    }

    private static long heapBytes() {
        return Runtime.getRuntime().totalMemory();
    }
}
