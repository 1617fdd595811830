package org.skiptuning;

import org.skiptuning.ffi.NativeContext;

/** Opens the device that was asked for. */
final class Devices {
    private Devices() {}

    static NativeContext open(LoadOptions options) {
        return NativeContext.create(
                options.device().resolve(options.effectiveThreads()).toString(), options.effectiveThreads());
    }

    static String name(NativeContext context) {
        return SettingsJson.MAPPER.readTree(context.infoJson()).path("device").asString("cpu");
    }

    static boolean isCard(NativeContext context) {
        return !name(context).equals("cpu");
    }

    /** Who multiplies fp32 matrices on the CPU. */
    static String products(NativeContext context) {
        return SettingsJson.MAPPER.readTree(context.infoJson()).path("gemm").asString("blas");
    }
}
