package org.skiptuning.benchmark.job;

import org.skiptuning.Device;
import org.skiptuning.LoadOptions;

/**
 * How and where a run reads and computes.
 *
 * @param device as {@link Device#parse} takes it
 * @param threads 0 takes one a processor
 * @param skipBadImages leaves out pictures that cannot be read
 * @param applyExifOrientation turns pictures as their EXIF data say
 */
public record Surroundings(String device, int threads, boolean skipBadImages, boolean applyExifOrientation) {
    LoadOptions loadOptions() {
        return LoadOptions.defaults()
                .withDevice(Device.parse(device))
                .withThreads(threads)
                .withSkipBadImages(skipBadImages)
                .withApplyOrientation(applyExifOrientation);
    }

    /** The same on another device, with other threads: what several workers share out. */
    public Surroundings on(String otherDevice, int otherThreads) {
        return new Surroundings(otherDevice, otherThreads, skipBadImages, applyExifOrientation);
    }
}
