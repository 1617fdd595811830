package org.skiptuning.benchmark.job;

import org.skiptuning.Device;
import org.skiptuning.LoadOptions;
import org.skiptuning.Precision;

/**
 * How and where a run reads and computes.
 *
 * @param device as {@link Device#parse} takes it
 * @param precision of encoding: what a run is trained in is among its settings
 * @param threads 0 takes one a processor
 * @param skipBadImages leaves out pictures that cannot be read
 * @param applyExifOrientation turns pictures as their EXIF data say
 */
public record Surroundings(
        String device, Precision precision, int threads, boolean skipBadImages, boolean applyExifOrientation) {
    /** Of a model that is loaded so. */
    public static Surroundings of(String device, LoadOptions options) {
        return new Surroundings(
                device, options.precision(), options.threads(), options.skipBadImages(), options.applyOrientation());
    }

    LoadOptions loadOptions() {
        return LoadOptions.defaults()
                .withDevice(Device.parse(device))
                .withPrecision(precision)
                .withThreads(threads)
                .withSkipBadImages(skipBadImages)
                .withApplyOrientation(applyExifOrientation);
    }

    /** The same on another device, with other threads: what several workers share out. */
    public Surroundings on(String otherDevice, int otherThreads) {
        return new Surroundings(otherDevice, precision, otherThreads, skipBadImages, applyExifOrientation);
    }
}
