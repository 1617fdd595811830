package org.skiptuning.ffi;

/** Told how far a long call is. */
@FunctionalInterface
public interface LongBinaryProgress {
    /** Goes on for ever. */
    LongBinaryProgress IGNORED = (done, total) -> true;

    /** @return false to cancel the call */
    boolean progress(long done, long total);
}
