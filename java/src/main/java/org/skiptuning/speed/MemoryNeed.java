package org.skiptuning.speed;

import java.lang.management.ManagementFactory;
import java.util.Locale;

/** A rough count of what a step holds, so that a hopeless one is refused before the system kills it. */
final class MemoryNeed {
    /** Numbers of a block's width that are held for each row, the MLP's among them. */
    private static final int WIDTHS_A_ROW = 16;

    private MemoryNeed() {}

    /** @throws IllegalArgumentException if the machine has less */
    static void check(SpeedSettings settings) {
        var need = bytes(settings);
        var has =
                ManagementFactory.getOperatingSystemMXBean() instanceof com.sun.management.OperatingSystemMXBean system
                        ? system.getTotalMemorySize()
                        : Long.MAX_VALUE;
        if (settings.device().equals("cpu") && need > has) {
            throw new IllegalArgumentException(String.format(
                    Locale.ROOT,
                    "Such a step needs about %.0f GiB and the machine has %.0f: use a smaller --batch-size, fewer --classes"
                            + " or a smaller --arch",
                    need / 0x1p30,
                    has / 0x1p30));
        }
    }

    static double bytes(SpeedSettings settings) {
        var configuration = settings.configuration();
        var image = configuration.image();
        var tokens = (double) image.tokens();
        // Of the image tower whole, as full fine-tuning holds it, or the frozen blocks of a picture passing through.
        var images = settings.batchSize()
                * image.layers()
                * (tokens * image.width() * WIDTHS_A_ROW + image.heads() * tokens * tokens);
        var texts = (double) settings.classes()
                * StepBenchmark.PROMPT_TOKENS
                * configuration.text().width()
                * configuration.text().layers()
                * WIDTHS_A_ROW;
        return Float.BYTES * (images + texts);
    }
}
