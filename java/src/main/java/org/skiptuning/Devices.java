package org.skiptuning;

import org.skiptuning.ffi.NativeContext;

/** Finds the device that was asked for. */
final class Devices {
    private Devices() {}

    static NativeContext open(LoadOptions options) {
        return NativeContext.create(resolve(options.device()).toString(), options.effectiveThreads());
    }

    private static Device resolve(Device device) {
        if (device.kind() != Device.Kind.AUTO) {
            return device;
        }
        try (var context = NativeContext.create("cpu", 1)) {
            var devices = SettingsJson.MAPPER.readTree(context.infoJson()).path("devices");
            return devices.valueStream().anyMatch(entry -> entry.asString("").startsWith("cuda"))
                    ? Device.cuda(0)
                    : Device.cpu();
        }
    }

    static String name(NativeContext context) {
        return SettingsJson.MAPPER.readTree(context.infoJson()).path("device").asString("cpu");
    }
}
