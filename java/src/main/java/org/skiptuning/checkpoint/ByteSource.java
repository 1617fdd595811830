package org.skiptuning.checkpoint;

import org.skiptuning.ffi.MappedFile;

/** Bytes at random places: a mapped file, or an array in tests. */
interface ByteSource {
    long size();

    /** Fills {@code target} from {@code offset} on; what lies outside is an {@link IndexOutOfBoundsException}. */
    void read(long offset, byte[] target);

    static ByteSource of(MappedFile file) {
        return new ByteSource() {
            @Override
            public long size() {
                return file.size();
            }

            @Override
            public void read(long offset, byte[] target) {
                file.copyTo(offset, target, 0, target.length);
            }
        };
    }

    static ByteSource of(byte[] bytes) {
        return new ByteSource() {
            @Override
            public long size() {
                return bytes.length;
            }

            @Override
            public void read(long offset, byte[] target) {
                System.arraycopy(bytes, Math.toIntExact(offset), target, 0, target.length);
            }
        };
    }
}
