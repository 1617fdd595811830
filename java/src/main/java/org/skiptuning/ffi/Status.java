package org.skiptuning.ffi;

import java.util.Arrays;
import java.util.concurrent.CancellationException;
import java.util.function.Function;
import org.skiptuning.CheckpointException;
import org.skiptuning.DeviceMemoryException;
import org.skiptuning.SkipTuningException;

/** {@code st_status} of the C ABI, and what each becomes here. */
enum Status {
    OK(0, text -> new IllegalStateException("Nothing failed: " + text)),
    INVALID_ARGUMENT(1, IllegalArgumentException::new),
    INVALID_STATE(2, IllegalStateException::new),
    UNSUPPORTED(3, SkipTuningException::new),
    BAD_INPUT(100, CheckpointException::new),
    OUT_OF_MEMORY(200, DeviceMemoryException::new),
    DEVICE_UNAVAILABLE(201, SkipTuningException::new),
    IO(202, SkipTuningException::new),
    CANCELLED(300, CancellationException::new),
    INTERNAL(400, text -> new SkipTuningException("The native core failed: " + text));

    private final int code;
    private final Function<String, RuntimeException> exception;

    Status(int code, Function<String, RuntimeException> exception) {
        this.code = code;
        this.exception = exception;
    }

    int code() {
        return code;
    }

    /** @param text what the core says about it */
    static RuntimeException failure(int code, String text) {
        return Arrays.stream(values())
                .filter(status -> status.code == code)
                .findFirst()
                .orElse(INTERNAL)
                .exception
                .apply(text);
    }
}
