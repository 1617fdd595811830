package org.skiptuning.ffi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.WritableByteChannel;
import java.util.List;
import org.junit.jupiter.api.Test;

class NativeBufferTest {
    @Test
    void isZeroedAndLittleEndian() {
        try (var buffer = NativeBuffer.allocate(32)) {
            assertThat(buffer.getLong(0)).isZero();
            buffer.putInt(1, 0x01020304);
            assertThat(buffer.getByte(1)).isEqualTo((byte) 4);
            buffer.putFloat(8, 1.5f);
            buffer.putDouble(16, -2.5);
            buffer.putShort(24, (short) -2);
            assertThat(buffer.getFloat(8)).isEqualTo(1.5f);
            assertThat(buffer.getDouble(16)).isEqualTo(-2.5);
            assertThat(buffer.getShort(24)).isEqualTo((short) -2);
        }
    }

    @Test
    void copiesBetweenArraysAndBuffers() {
        try (var buffer = NativeBuffer.allocate(16);
                var other = NativeBuffer.allocate(8)) {
            buffer.put(2, new byte[] {9, 8, 7}, 1, 2);
            var bytes = new byte[4];
            buffer.copyTo(2, bytes, 1, 2);
            assertThat(bytes).containsExactly(0, 8, 7, 0);
            other.copyFrom(0, buffer, 2, 2);
            assertThat(other.getByte(1)).isEqualTo((byte) 7);
            buffer.putLongs(0, new long[] {5, 6}, 0, 2);
            var longs = new long[2];
            buffer.getLongs(0, longs, 0, 2);
            assertThat(longs).containsExactly(5, 6);
            buffer.putFloats(8, new float[] {3, 4}, 0, 2);
            var floats = new float[2];
            buffer.getFloats(8, floats, 0, 2);
            assertThat(floats).containsExactly(3, 4);
        }
    }

    @Test
    void boundsAreChecked() {
        try (var buffer = NativeBuffer.allocate(8)) {
            assertThatThrownBy(() -> buffer.getLong(1)).isInstanceOf(IndexOutOfBoundsException.class);
            assertThatThrownBy(() -> buffer.getByte(-1)).isInstanceOf(IndexOutOfBoundsException.class);
            assertThatThrownBy(() -> buffer.slice(4, 5)).isInstanceOf(IndexOutOfBoundsException.class);
            assertThatThrownBy(() -> buffer.put(7, new byte[2], 0, 2)).isInstanceOf(IndexOutOfBoundsException.class);
        }
        assertThatThrownBy(() -> NativeBuffer.allocate(-1)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void useAfterCloseIsAnIllegalState() {
        var buffer = NativeBuffer.allocate(8);
        var slice = buffer.slice(0, 4);
        buffer.close();
        buffer.close();
        assertThatThrownBy(() -> buffer.getByte(0))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("closed");
        assertThatThrownBy(() -> slice.getByte(0)).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> buffer.writeTo(Channels.newChannel(new ByteArrayOutputStream())))
                .isInstanceOf(IllegalStateException.class);
    }

    @Test
    void writesAllBytesWhateverAChannelTakesAtOnce() throws IOException {
        var written = new ByteArrayOutputStream();
        try (var buffer = NativeBuffer.allocate((2 << 20) + 5)) {
            buffer.putLong((2 << 20) - 3, 42);
            buffer.writeTo(new SlowChannel(written));
            var expected = new byte[(2 << 20) + 5];
            buffer.copyTo(0, expected, 0, expected.length);
            assertThat(written.toByteArray()).isEqualTo(expected);
        }
    }

    @Test
    void aCloseDuringAWriteTakesEffectAfterIt() throws IOException {
        var written = new ByteArrayOutputStream();
        try (var context = TinyClip.context()) {
            long before = context.allocatedBytes();
            var model = TinyClip.model(context);
            var view = model.tensors().getFirst().buffer();
            view.writeTo(new SlowChannel(written) {
                @Override
                public int write(ByteBuffer bytes) throws IOException {
                    model.close();
                    return super.write(bytes);
                }
            });
            assertThat(written.size()).isEqualTo((int) view.size());
            assertThat(context.allocatedBytes()).isEqualTo(before);
        }
    }

    /** Takes at most a hundred thousand bytes at once. */
    private static class SlowChannel implements WritableByteChannel {
        private final ByteArrayOutputStream target;

        SlowChannel(ByteArrayOutputStream target) {
            this.target = target;
        }

        @Override
        public int write(ByteBuffer bytes) throws IOException {
            var part = new byte[Math.min(100_000, bytes.remaining())];
            bytes.get(part);
            target.write(part);
            return part.length;
        }

        @Override
        public boolean isOpen() {
            return true;
        }

        @Override
        public void close() {}
    }

    @Test
    void closingAViewLeavesTheOwnerOpen() {
        try (var buffer = NativeBuffer.allocate(8)) {
            buffer.slice(0, 4).close();
            buffer.putByte(0, (byte) 1);
            assertThat(buffer.getByte(0)).isEqualTo((byte) 1);
        }
    }

    @Test
    void aHoldOutlivesTheClose() {
        var buffer = NativeBuffer.allocate(8);
        buffer.putLong(0, 42);
        try (var held = Buffers.hold(buffer)) {
            buffer.close();
            assertThat(held.segment(0).get(Layouts.LONG, 0)).isEqualTo(42);
            assertThatThrownBy(() -> Buffers.hold(buffer)).isInstanceOf(IllegalStateException.class);
        }
        assertThatThrownBy(() -> buffer.heldSegment().get(Layouts.LONG, 0)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void aFailingHoldReleasesWhatItHeld() {
        var open = NativeBuffer.allocate(8);
        var closed = NativeBuffer.allocate(8);
        closed.close();
        assertThatThrownBy(() -> Buffers.hold(open, closed)).isInstanceOf(IllegalStateException.class);
        open.close();
        assertThatThrownBy(() -> open.heldSegment().get(Layouts.LONG, 0)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void tensorsStayInsideOfTheirBuffer() {
        try (var buffer = NativeBuffer.allocate(24)) {
            var tensor = TensorView.contiguous("a", ElementType.FLOAT32, new long[] {2, 3}, buffer);
            assertThat(tensor.strides()).containsExactly(3, 1);
            assertThat(tensor.elements()).isEqualTo(6);
            assertThat(tensor.isContiguous()).isTrue();
            var transposed = new TensorView("b", ElementType.FLOAT32, new long[] {3, 2}, new long[] {1, 3}, buffer);
            assertThat(transposed.isContiguous()).isFalse();
            for (var shape : List.of(
                    new long[] {7}, new long[] {-1}, new long[] {1L << 62, 4}, new long[] {1L << 40, 1L << 40, 1})) {
                assertThatThrownBy(() -> TensorView.contiguous("w", ElementType.FLOAT32, shape, buffer))
                        .isInstanceOf(IllegalArgumentException.class)
                        .hasMessageContaining("w");
            }
            assertThatThrownBy(() -> new TensorView("w", ElementType.UINT8, new long[1], new long[2], buffer))
                    .isInstanceOf(IllegalArgumentException.class);
            assertThat(TensorView.contiguous("none", ElementType.FLOAT64, new long[] {0, 9}, buffer)
                            .elements())
                    .isZero();
        }
    }
}
