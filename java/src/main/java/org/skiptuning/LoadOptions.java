package org.skiptuning;

import java.util.Optional;

/**
 * How a model is loaded and how it reads pictures.
 *
 * @param device where it lives
 * @param precision of encoding; training has its own, see {@link TrainingSettings#precision()}
 * @param threads for computing, decoding and resizing; 0 takes one a processor
 * @param configName name of a known shape such as {@code ViT-B-16}, for bare weights whose shapes cannot tell the
 *     number of heads and the activation
 * @param skipBadImages leaves out pictures that cannot be read, with a warning each, instead of failing
 * @param applyOrientation turns pictures by their EXIF orientation; off by default, as CLIP's own preprocessing; a
 *     {@link FineTuned} that was trained with it does so anyway
 */
public record LoadOptions(
        Device device,
        Precision precision,
        int threads,
        Optional<String> configName,
        boolean skipBadImages,
        boolean applyOrientation) {

    public LoadOptions {
        if (threads < 0 || threads > 1024) {
            throw new IllegalArgumentException("threads is " + threads + ": use 0 (all) to 1024");
        }
    }

    /** The best device, fp32, a thread a processor, bad pictures stop. */
    public static LoadOptions defaults() {
        return new LoadOptions(Device.auto(), Precision.FP32, 0, Optional.empty(), false, false);
    }

    public LoadOptions withDevice(Device value) {
        return new LoadOptions(value, precision, threads, configName, skipBadImages, applyOrientation);
    }

    public LoadOptions withPrecision(Precision value) {
        return new LoadOptions(device, value, threads, configName, skipBadImages, applyOrientation);
    }

    public LoadOptions withThreads(int value) {
        return new LoadOptions(device, precision, value, configName, skipBadImages, applyOrientation);
    }

    public LoadOptions withConfigName(String value) {
        return new LoadOptions(device, precision, threads, Optional.of(value), skipBadImages, applyOrientation);
    }

    public LoadOptions withSkipBadImages(boolean value) {
        return new LoadOptions(device, precision, threads, configName, value, applyOrientation);
    }

    public LoadOptions withApplyOrientation(boolean value) {
        return new LoadOptions(device, precision, threads, configName, skipBadImages, value);
    }

    int effectiveThreads() {
        return threads == 0 ? Runtime.getRuntime().availableProcessors() : threads;
    }
}
