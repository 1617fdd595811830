package org.skiptuning;

/** The device, or the machine, has too little free memory for what was asked. */
public class DeviceMemoryException extends SkipTuningException {
    private static final long serialVersionUID = 1L;

    public DeviceMemoryException(String message) {
        super(message);
    }

    public DeviceMemoryException(String message, Throwable cause) {
        super(message, cause);
    }
}
