package org.skiptuning.ffi;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.channels.WritableByteChannel;

/**
 * Bytes outside the Java heap, little endian: memory of its own, or a view into an owner.
 *
 * <p>Offsets and lengths are bytes; what lies outside is an {@link IndexOutOfBoundsException}. Closing the owner ends
 * all its views; closing a view does nothing. Memory of one's own costs a thread handshake when closed (25 µs, more
 * under load), so allocate one buffer for many small things and {@link #slice} it.
 */
public final class NativeBuffer implements AutoCloseable {
    private static final long ALIGNMENT = 64;
    private static final long WRITTEN_AT_ONCE = 1 << 20;

    private static final ValueLayout.OfByte BYTE = ValueLayout.JAVA_BYTE;
    private static final ValueLayout.OfShort SHORT =
            ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfFloat FLOAT =
            ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfDouble DOUBLE =
            ValueLayout.JAVA_DOUBLE_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private final MemorySegment segment;
    private final Lifetime lifetime;
    private final boolean owner;

    private NativeBuffer(MemorySegment segment, Lifetime lifetime, boolean owner) {
        this.segment = segment;
        this.lifetime = lifetime;
        this.owner = owner;
    }

    /** Zeroed memory, aligned to 64 bytes. */
    public static NativeBuffer allocate(long bytes) {
        if (bytes < 0) {
            throw new IllegalArgumentException("A buffer of " + bytes + " bytes");
        }
        var arena = Arena.ofShared();
        try {
            var segment = arena.allocate(bytes, ALIGNMENT);
            return new NativeBuffer(segment, new Lifetime("A buffer of " + bytes + " bytes", arena::close), true);
        } catch (Throwable failure) {
            arena.close();
            throw failure;
        }
    }

    /** Zeroed memory that the collector frees, for small results that nobody closes. */
    static NativeBuffer collected(long bytes) {
        var lifetime = new Lifetime("A buffer of " + bytes + " bytes", () -> {}, false);
        return view(Arena.ofAuto().allocate(bytes, ALIGNMENT), lifetime);
    }

    /** A view of memory that {@code lifetime} keeps. */
    static NativeBuffer view(MemorySegment segment, Lifetime lifetime) {
        return new NativeBuffer(segment, lifetime, false);
    }

    public long size() {
        return segment.byteSize();
    }

    /** A view of {@code length} bytes from {@code offset} on. */
    public NativeBuffer slice(long offset, long length) {
        return view(segment().asSlice(offset, length), lifetime);
    }

    public byte getByte(long offset) {
        return segment().get(BYTE, offset);
    }

    public void putByte(long offset, byte value) {
        segment().set(BYTE, offset, value);
    }

    public short getShort(long offset) {
        return segment().get(SHORT, offset);
    }

    public void putShort(long offset, short value) {
        segment().set(SHORT, offset, value);
    }

    public int getInt(long offset) {
        return segment().get(INT, offset);
    }

    public void putInt(long offset, int value) {
        segment().set(INT, offset, value);
    }

    public long getLong(long offset) {
        return segment().get(LONG, offset);
    }

    public void putLong(long offset, long value) {
        segment().set(LONG, offset, value);
    }

    public float getFloat(long offset) {
        return segment().get(FLOAT, offset);
    }

    public void putFloat(long offset, float value) {
        segment().set(FLOAT, offset, value);
    }

    public double getDouble(long offset) {
        return segment().get(DOUBLE, offset);
    }

    public void putDouble(long offset, double value) {
        segment().set(DOUBLE, offset, value);
    }

    /** Writes {@code length} bytes of {@code source} from index {@code from} on. */
    public void put(long offset, byte[] source, int from, int length) {
        MemorySegment.copy(source, from, segment(), BYTE, offset, length);
    }

    public void putFloats(long offset, float[] source, int from, int count) {
        MemorySegment.copy(source, from, segment(), FLOAT, offset, count);
    }

    public void putLongs(long offset, long[] source, int from, int count) {
        MemorySegment.copy(source, from, segment(), LONG, offset, count);
    }

    /** Reads {@code length} bytes into {@code target} from index {@code from} on. */
    public void copyTo(long offset, byte[] target, int from, int length) {
        MemorySegment.copy(segment(), BYTE, offset, target, from, length);
    }

    public void getFloats(long offset, float[] target, int from, int count) {
        MemorySegment.copy(segment(), FLOAT, offset, target, from, count);
    }

    public void getLongs(long offset, long[] target, int from, int count) {
        MemorySegment.copy(segment(), LONG, offset, target, from, count);
    }

    /** Writes {@code length} bytes of {@code source} from {@code sourceOffset} on; the two may overlap. */
    public void copyFrom(long offset, NativeBuffer source, long sourceOffset, long length) {
        MemorySegment.copy(source.segment(), sourceOffset, segment(), offset, length);
    }

    /**
     * Writes all bytes. The memory stays until this returns, whoever closes it meanwhile.
     *
     * @throws IOException as the channel
     */
    public void writeTo(WritableByteChannel channel) throws IOException {
        lifetime.acquire();
        try {
            for (long offset = 0; offset < size(); offset += WRITTEN_AT_ONCE) {
                var bytes = segment.asSlice(offset, Math.min(WRITTEN_AT_ONCE, size() - offset))
                        .asByteBuffer();
                while (bytes.hasRemaining()) {
                    channel.write(bytes);
                }
            }
        } finally {
            lifetime.release();
        }
    }

    /** Ends this buffer and its views, unless it is a view itself; a running call keeps the memory until it returns. */
    @Override
    public void close() {
        if (owner) {
            lifetime.close();
        }
    }

    /** The memory, if it is open. */
    MemorySegment segment() {
        lifetime.requireOpen();
        return segment;
    }

    /** The memory while {@link #lifetime} is held, even if it was closed meanwhile. */
    MemorySegment heldSegment() {
        return segment;
    }

    Lifetime lifetime() {
        return lifetime;
    }
}
