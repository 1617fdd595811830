package org.skiptuning.cli;

import org.skiptuning.Device;
import org.skiptuning.ffi.NativeContext;

/** The device that an option means on this machine. */
final class DeviceName {
    private static final String CPU = "cpu";
    private static final String FIRST_CARD = "cuda:0";

    private DeviceName() {}

    /** {@code cpu} or {@code cuda:N}; for auto the first card if LibTorch sees one. */
    static String resolve(Device device) {
        return switch (device.kind()) {
            case CPU -> CPU;
            case CUDA -> device.toString();
            case AUTO -> {
                try (var context = NativeContext.create(CPU, 1)) {
                    yield Json.read(context.infoJson())
                                    .path("devices")
                                    .valueStream()
                                    .anyMatch(name -> name.asString().equals(FIRST_CARD))
                            ? FIRST_CARD
                            : CPU;
                }
            }
        };
    }
}
