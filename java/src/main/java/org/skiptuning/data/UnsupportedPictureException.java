package org.skiptuning.data;

/** A file of a known format that is damaged or of a kind that is not read; the message says what it has. */
final class UnsupportedPictureException extends Exception {
    private static final long serialVersionUID = 1L;

    UnsupportedPictureException(String has) {
        super(has);
    }
}
