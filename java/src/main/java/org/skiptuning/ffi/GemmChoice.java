package org.skiptuning.ffi;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;
import java.util.regex.Pattern;
import org.skiptuning.SkipTuningException;
import org.skiptuning.files.AtomicFile;
import org.skiptuning.files.CacheFolder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who multiplies fp32 matrices on the CPU. The core measures which is faster; that is kept for each kind of processor,
 * so that a run that is resumed another day gives the same bits. {@value #VARIABLE} overrules it.
 */
final class GemmChoice {
    private static final String VARIABLE = "SKIP_TUNING_GEMM";
    private static final String MEASURE = "auto";
    private static final Pattern CHOSEN = Pattern.compile("\"gemm\":\"(blas|onednn)\"");
    private static final Logger LOG = LoggerFactory.getLogger(GemmChoice.class);

    private GemmChoice() {}

    /** {@code blas} or {@code onednn}; {@code auto} where it has to be measured. */
    static String remembered() {
        var given = System.getenv(VARIABLE);
        if (given != null && !given.isEmpty()) {
            if (!given.equals("blas") && !given.equals("onednn") && !given.equals(MEASURE)) {
                throw new SkipTuningException(VARIABLE + " is " + given + ": use auto, blas or onednn");
            }
            return given;
        }
        var kept = read().getProperty(processor(), MEASURE);
        return kept.equals("blas") || kept.equals("onednn") ? kept : MEASURE;
    }

    /** Keeps what was measured; a cache folder that cannot be written to only means measuring again. */
    static void remember(String asked, String contextInfo) {
        var chosen = CHOSEN.matcher(contextInfo);
        if (!asked.equals(MEASURE) || !chosen.find()) {
            return;
        }
        var all = read();
        all.setProperty(processor(), chosen.group(1));
        var text = new StringBuilder();
        all.forEach((processor, choice) ->
                text.append(escaped(processor)).append('=').append(choice).append('\n'));
        try {
            Files.createDirectories(CacheFolder.root());
            AtomicFile.write(file(), text.toString());
        } catch (IOException | SkipTuningException e) {
            LOG.debug("the choice of a matrix product is not kept", e);
        }
    }

    private static Properties read() {
        var all = new Properties();
        try (var reader = Files.newBufferedReader(file())) {
            all.load(reader);
        } catch (IOException | IllegalArgumentException e) {
            LOG.debug("no choice of a matrix product is kept", e);
        }
        return all;
    }

    private static Path file() {
        return CacheFolder.root().resolve("gemm.properties");
    }

    /** The processor's name, where the system tells it. */
    private static String processor() {
        try (var lines = Files.lines(Path.of("/proc/cpuinfo"))) {
            return lines.filter(line -> line.startsWith("model name"))
                    .map(line -> line.substring(line.indexOf(':') + 1).strip())
                    .findFirst()
                    .orElse("unknown");
        } catch (IOException | UncheckedIOException e) {
            return "unknown";
        }
    }

    private static String escaped(Object key) {
        return key.toString()
                .replace("\\", "\\\\")
                .replace(" ", "\\ ")
                .replace(":", "\\:")
                .replace("=", "\\=");
    }
}
