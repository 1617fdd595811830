package org.skiptuning.data;

import java.util.List;
import org.skiptuning.ffi.NativeBuffer;

/**
 * Prepared pictures, until the pipeline hands out the next batch or is closed.
 *
 * @param pictures indices in the store, in the order asked for; bad pictures are missing where they are skipped
 * @param pixels [pictures, 3, S, S] fp32
 */
public record PixelBatch(List<Integer> pictures, NativeBuffer pixels) {}
