package org.skiptuning.speed;

import java.util.List;
import org.skiptuning.Precision;
import org.skiptuning.checkpoint.ClipConfiguration;
import org.skiptuning.ffi.NativeContext;
import org.skiptuning.ffi.NativeContext.Product;
import tools.jackson.databind.json.JsonMapper;

/**
 * How fast the machine multiplies and moves.
 *
 * @param gemmGigaflops best rate over the products of the step's image blocks, forward and backward, and those of a
 *     ViT-B's, in its precision
 * @param bandwidthGigabytes bytes read and written a second by an addition of two long vectors, in thousands of millions
 * @param products who multiplies matrices on the processor: blas, onednn or tiles
 */
public record MeasuredMachine(double gemmGigaflops, double bandwidthGigabytes, String products) {
    private static final JsonMapper JSON = new JsonMapper();

    /** Of the products where no step is measured. */
    private static final int BATCH = 4;

    private static final int CLASSES = 50;

    /**
     * Measures this machine, which takes about a second.
     *
     * @param device a name for the core, such as {@code cuda:0}
     * @param threads 0 takes all
     * @param shape whose products are multiplied
     */
    public static MeasuredMachine measure(String device, int threads, Precision precision, ClipConfiguration shape) {
        var settings = new SpeedSettings(shape, CLASSES, BATCH, 0, 1, 0, 0, 1, precision, device, threads, 1);
        try (var context = NativeContext.create(device, threads)) {
            return measure(context, settings);
        }
    }

    static MeasuredMachine measure(NativeContext context, SpeedSettings settings) {
        var best = 0.0;
        var rows =
                (long) settings.batchSize() * settings.configuration().image().tokens();
        for (var layer : layers(settings.configuration())) {
            StepBenchmark.requireGoingOn();
            var outputs = layer[0];
            var inputs = layer[1];
            for (var rate : List.of(
                    context.gemmGigaflops(settings.precision(), Product.FORWARD, rows, outputs, inputs),
                    context.gemmGigaflops(settings.precision(), Product.INPUT_GRADIENT, rows, inputs, outputs),
                    context.gemmGigaflops(settings.precision(), Product.WEIGHT_GRADIENT, outputs, inputs, rows))) {
                best = Math.max(best, rate);
            }
        }
        StepBenchmark.requireGoingOn();
        var general = JSON.readTree(context.measureJson());
        for (var rate : general.path("gemm")) {
            if (rate.path("precision").asString("").equals(settings.precision().toString())) {
                best = Math.max(best, rate.path("gflops").asDouble());
            }
        }
        return new MeasuredMachine(
                best,
                general.path("bandwidth_gbs").asDouble(),
                JSON.readTree(context.infoJson()).path("gemm").asString("blas"));
    }

    /** Outputs and inputs of a block's linear layers. */
    private static List<long[]> layers(ClipConfiguration configuration) {
        var tower = configuration.image();
        var width = (long) tower.width();
        var mlp = (long) tower.mlpWidth();
        return List.of(new long[] {3 * width, width}, new long[] {width, width}, new long[] {mlp, width}, new long[] {
            width, mlp
        });
    }

    /** The least a step can take: its operations at the best rate, then the optimizer's bytes at the memory's. */
    public double floorMillis(StepCost cost) {
        return 1e3 * (cost.exactGigaflops() / gemmGigaflops + cost.optimizerBytes() / 1e9 / bandwidthGigabytes);
    }
}
