package org.skiptuning.ffi;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.skiptuning.SkipTuningException;
import org.skiptuning.files.AtomicFile;
import org.skiptuning.files.CacheFolder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who multiplies matrices on the CPU. The core measures which is the fastest; that is kept for each kind of processor,
 * number of threads and LibTorch, so that a run that is resumed another day gives the same bits. {@value #VARIABLE}
 * overrules it. A process decides once.
 */
final class GemmChoice {
    private static final String VARIABLE = "SKIP_TUNING_GEMM";
    private static final String MEASURE = "auto";
    private static final List<String> CHOICES = List.of("blas", "onednn", "tiles");
    private static final Pattern CHOSEN = Pattern.compile("\"gemm\":\"(" + String.join("|", CHOICES) + ")\"");
    private static final Logger LOG = LoggerFactory.getLogger(GemmChoice.class);

    private static Optional<String> decided = Optional.empty();

    private GemmChoice() {}

    /**
     * Makes something that tells of itself as a context does.
     *
     * @param threads of the computation, by which the fastest differs
     * @param create is given the choice: one of {@link #CHOICES} or {@code auto}
     */
    static synchronized NativeContext decide(int threads, Function<String, NativeContext> create) {
        if (decided.isPresent()) {
            return create.apply(decided.get());
        }
        var asked = asked(threads);
        var context = open(asked, create);
        try {
            var chosen = CHOSEN.matcher(context.infoJson());
            if (chosen.find()) {
                decided = Optional.of(chosen.group(1));
                // Measured, now or because what was asked for is not here.
                if (!asked.equals(decided.get())) {
                    keep(threads, decided.get());
                }
            }
            return context;
        } catch (Throwable failure) {
            context.close();
            throw failure;
        }
    }

    /** What was kept may not be there any more: another machine with the same name may have the same home. */
    private static NativeContext open(String asked, Function<String, NativeContext> create) {
        try {
            return create.apply(asked);
        } catch (SkipTuningException notHere) {
            if (asked.equals(MEASURE) || given().isPresent()) {
                throw notHere;
            }
            LOG.debug("the choice of a matrix product that was kept is not possible", notHere);
            return create.apply(MEASURE);
        }
    }

    private static Optional<String> given() {
        return Optional.ofNullable(System.getenv(VARIABLE)).filter(text -> !text.isEmpty());
    }

    private static String asked(int threads) {
        var given = given();
        if (given.isPresent()) {
            if (!CHOICES.contains(given.get()) && !given.get().equals(MEASURE)) {
                throw new SkipTuningException(
                        VARIABLE + " is " + given.get() + ": use auto, " + String.join(", ", CHOICES));
            }
            return given.get();
        }
        var kept = read().getProperty(key(threads), MEASURE);
        return CHOICES.contains(kept) ? kept : MEASURE;
    }

    /** A cache folder that cannot be used only means measuring again. */
    private static void keep(int threads, String choice) {
        var all = read();
        all.setProperty(key(threads), choice);
        var text = new StringBuilder();
        all.forEach((key, value) ->
                text.append(escaped(key)).append('=').append(value).append('\n'));
        try {
            Files.createDirectories(CacheFolder.root());
            AtomicFile.write(file(), text.toString());
        } catch (IOException | SkipTuningException e) {
            LOG.debug("the choice of a matrix product is not kept", e);
        }
    }

    private static Properties read() {
        var all = new Properties();
        if (!Files.isRegularFile(file())) {
            return all;
        }
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

    private static String key(int threads) {
        var folder = NativeLibrary.libtorchFolder();
        try {
            folder = folder.toRealPath();
        } catch (IOException e) {
            LOG.debug("LibTorch's folder is taken as it is named", e);
        }
        return processor() + " on " + threads + " threads with " + folder + " among " + String.join(" ", CHOICES);
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
