package org.skiptuning;

import org.jspecify.annotations.Nullable;

/** The device, or the host for it, has too little memory for what was asked. */
public final class DeviceMemoryException extends SkipTuningException {
    private static final long serialVersionUID = 1L;

    public DeviceMemoryException(String message) {
        super(message);
    }

    public DeviceMemoryException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
