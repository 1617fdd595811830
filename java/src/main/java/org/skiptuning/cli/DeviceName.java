package org.skiptuning.cli;

import org.skiptuning.Device;

/** The device that an option means on this machine. */
final class DeviceName {
    private DeviceName() {}

    /** {@code cpu} or {@code cuda:N}. */
    static String resolve(Device device) {
        return device.resolve().toString();
    }
}
