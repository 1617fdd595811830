package org.skiptuning.ffi;

import org.skiptuning.Precision;

/** {@code st_precision} of the C ABI. */
final class PrecisionCode {
    private PrecisionCode() {}

    static int of(Precision precision) {
        return switch (precision) {
            case FP32 -> 0;
            case BF16 -> 1;
            case FP16 -> 2;
        };
    }
}
