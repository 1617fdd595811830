package org.skiptuning.checkpoint;

import java.util.List;
import org.skiptuning.ffi.NativeBuffer;

/** Numbers that lie across their alignment, as some writers leave them, are moved: the core reads in place. */
final class AlignedCopy {
    private AlignedCopy() {}

    /** @param copies receives the new memory, which its owner closes */
    static NativeBuffer of(NativeBuffer source, List<NativeBuffer> copies) {
        var copy = NativeBuffer.allocate(source.size());
        copies.add(copy);
        copy.copyFrom(0, source, 0, source.size());
        return copy;
    }
}
