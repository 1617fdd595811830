package org.skiptuning.pretrain;

import org.skiptuning.ffi.NativeBuffer;

/**
 * The input of one step.
 *
 * @param pixels [pairs, 3, S, S] fp32, prepared; lent by a {@link BatchMaker}
 * @param tokens [pairs, length] int64
 */
record Batch(int step, NativeBuffer pixels, NativeBuffer tokens, int length, long[] groups) implements AutoCloseable {
    @Override
    public void close() {
        pixels.close();
        tokens.close();
    }
}
