package org.skiptuning.speed;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** What this computer says about itself. */
public final class Machine {
    private static final Path PROCESSOR_FILE = Path.of("/proc/cpuinfo");
    private static final Path MEMORY_FILE = Path.of("/proc/meminfo");
    private static final List<String> BF16_FLAGS = List.of("amx_bf16", "avx512_bf16", "avx_vnni_bf16", "bf16");

    private Machine() {}

    /** Its name, or the architecture's. */
    public static String processor() {
        return field(PROCESSOR_FILE, "model name")
                .or(() -> field(PROCESSOR_FILE, "CPU part"))
                .orElse(System.getProperty("os.arch"));
    }

    /** Threads that it runs at once, as far as this process may use them. */
    public static int processors() {
        return Runtime.getRuntime().availableProcessors();
    }

    /** Names of the processor's units for bf16; empty where it has none or does not say. */
    public static List<String> bf16Units() {
        List<String> flags = field(PROCESSOR_FILE, "flags")
                .or(() -> field(PROCESSOR_FILE, "Features"))
                .map(text -> Arrays.asList(text.split(" ")))
                .orElse(List.of());
        return BF16_FLAGS.stream().filter(flags::contains).toList();
    }

    /** Bytes of main memory, 0 where it cannot be told. */
    public static long memoryBytes() {
        return field(MEMORY_FILE, "MemTotal")
                .map(text -> Long.parseLong(text.replaceAll("\\D", "")) * 1024)
                .orElse(0L);
    }

    /** Operating system, its version, and the architecture. */
    public static String system() {
        return System.getProperty("os.name") + " " + System.getProperty("os.version") + ", "
                + System.getProperty("os.arch");
    }

    /** Version and vendor. */
    public static String java() {
        return System.getProperty("java.version") + " (" + System.getProperty("java.vendor") + ")";
    }

    private static Optional<String> field(Path file, String name) {
        try (Stream<String> lines = Files.lines(file)) {
            return lines.filter(line -> line.startsWith(name))
                    .findFirst()
                    .map(line -> line.substring(line.indexOf(':') + 1).strip());
        } catch (IOException | java.io.UncheckedIOException absent) {
            return Optional.empty();
        }
    }
}
