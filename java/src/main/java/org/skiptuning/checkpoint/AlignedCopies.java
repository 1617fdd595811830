package org.skiptuning.checkpoint;

import java.util.HashMap;
import java.util.Map;
import org.skiptuning.ffi.MappedFile;
import org.skiptuning.ffi.NativeBuffer;

/**
 * Numbers that lie across their alignment, as some writers leave them, are moved: the core reads in place. A part of the
 * file is copied once, however many tensors lie in it, so that copies never take more memory than the file.
 */
final class AlignedCopies implements AutoCloseable {
    private final MappedFile file;
    private final Map<Long, NativeBuffer> copies = new HashMap<>();

    AlignedCopies(MappedFile file) {
        this.file = file;
    }

    /** @param offset of the part in the file; parts of one offset have one length */
    NativeBuffer of(long offset, long length) {
        return copies.computeIfAbsent(offset, start -> {
            var copy = NativeBuffer.allocate(length);
            copy.copyFrom(0, file.slice(start, length), 0, length);
            return copy;
        });
    }

    @Override
    public void close() {
        copies.values().forEach(NativeBuffer::close);
    }
}
