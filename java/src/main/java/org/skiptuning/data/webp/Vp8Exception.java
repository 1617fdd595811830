package org.skiptuning.data.webp;

import java.io.IOException;

/** The frame is damaged; the message says how. */
public final class Vp8Exception extends IOException {
    private static final long serialVersionUID = 1L;

    Vp8Exception(String message) {
        super(message);
    }
}
