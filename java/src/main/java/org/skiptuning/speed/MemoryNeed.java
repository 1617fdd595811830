package org.skiptuning.speed;

import java.lang.management.ManagementFactory;
import java.util.Locale;
import org.skiptuning.Precision;
import org.skiptuning.checkpoint.ClipConfiguration;

/** A rough count of what steps hold, so that hopeless ones are refused before the system kills the process. */
final class MemoryNeed {
    /** Numbers of a block's width that are held for each row, the MLP's among them. */
    private static final int WIDTHS_A_ROW = 16;

    /** Of a trained weight beside its value: gradient, momentum and the value that training changes. */
    private static final int NUMBERS_A_TRAINED_WEIGHT = 3;

    /** As many pass through the frozen text blocks together. */
    private static final long PROMPTS_AT_ONCE = 64;

    /** The JVM, LibTorch and what is as large whatever the method. */
    private static final double OF_THE_PROCESS = 0x1p28;

    private MemoryNeed() {}

    /** @throws IllegalArgumentException if the machine has less */
    static void check(SpeedSettings settings, Iterable<TimedMethod> methods) {
        var has =
                ManagementFactory.getOperatingSystemMXBean() instanceof com.sun.management.OperatingSystemMXBean system
                        ? system.getTotalMemorySize()
                        : Long.MAX_VALUE;
        if (settings.device().equals("cpu")) {
            check(settings, methods, has);
        }
    }

    static void check(SpeedSettings settings, Iterable<TimedMethod> methods, long has) {
        for (var method : methods) {
            var need = bytes(settings, method);
            if (need > has) {
                throw new IllegalArgumentException(String.format(
                        Locale.ROOT,
                        "A step of %s needs about %.1f GiB and the machine has %.1f: use a smaller --batch-size, fewer"
                                + " --classes, a smaller --arch or other --methods",
                        method,
                        need / 0x1p30,
                        has / 0x1p30));
            }
        }
    }

    static double bytes(SpeedSettings settings, TimedMethod method) {
        var configuration = settings.configuration();
        var numberBytes = settings.precision() == Precision.FP32 ? Float.BYTES : Short.BYTES;
        var kept = method.selects() ? keptClasses(settings) : settings.classes();
        var frozen = method.start(settings);
        var image = configuration.image();
        var imageRow = (double) image.width() * WIDTHS_A_ROW + (double) image.heads() * image.tokens();
        var textRow = (double) configuration.text().width() * WIDTHS_A_ROW;
        var imageBlocks = method.passesImageTower() ? image.layers() - frozen : 0;
        var textBlocks = method.trainsTexts() ? configuration.text().layers() - frozen : 0;
        var prompt = SpeedSettings.PROMPT_TOKENS;
        var held = (double) settings.batchSize() * image.tokens() * imageBlocks * imageRow
                + (double) kept * prompt * textBlocks * textRow;
        // What passes through frozen blocks lies there for one block at a time.
        var passing = (double) StepBenchmark.PICTURES_AT_ONCE * image.tokens() * imageRow
                + (double) Math.min(settings.classes(), PROMPTS_AT_ONCE) * prompt * textRow;
        var cached = 2.0 * settings.batchSize() * image.tokens() * image.width()
                + (double) settings.classes() * prompt * configuration.text().width();
        var trained = trained(settings, method, kept);
        return OF_THE_PROCESS
                + Float.BYTES * (weights(configuration) + (double) NUMBERS_A_TRAINED_WEIGHT * trained)
                + numberBytes * (held + passing + cached);
    }

    private static long trained(SpeedSettings settings, TimedMethod method, int kept) {
        return method.trainsBlocks()
                ? method.cost(settings, kept, 0).trainedParameters()
                : method.keptPictures(settings) * settings.configuration().embedDim();
    }

    /** As many as are expected, and one that a batch's labels may add. */
    private static int keptClasses(SpeedSettings settings) {
        return Math.min(settings.classes(), (int) Math.ceil(Flow.keptClasses(settings)) + 1);
    }

    private static double weights(ClipConfiguration configuration) {
        return configuration.tensorShapes().values().stream()
                .mapToDouble(shape -> {
                    var numbers = 1.0;
                    for (var size : shape) {
                        numbers *= size;
                    }
                    return numbers;
                })
                .sum();
    }
}
