package org.skiptuning.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class ZipArchiveTest {
    private static final long LARGE = 5L << 30;

    private record Part(long offset, byte[] bytes) {}

    /** Zeros but for some parts, so that gigabytes cost nothing. */
    private record Sparse(long size, List<Part> parts) implements ByteSource {
        @Override
        public void read(long offset, byte[] target) {
            for (var part : parts) {
                for (int index = 0; index < part.bytes().length; index++) {
                    long place = part.offset() + index - offset;
                    if (place >= 0 && place < target.length) {
                        target[(int) place] = part.bytes()[index];
                    }
                }
            }
        }
    }

    @Test
    void archivesBeyondFourGigabytesAreRead() {
        var first = local("r/data.pkl");
        var second = local("r/data/0");
        long secondHeader = first.length + 10;
        long directoryStart = secondHeader + second.length + LARGE;
        var version = local("r/version");
        long large = LARGE - version.length;
        var directory = concatenated(
                listed("r/data.pkl", 10, 0, false),
                listed("r/data/0", large, secondHeader, true),
                listed("r/version", 0, directoryStart - version.length, true));
        var end = end(directoryStart, directory.length);
        var file = new Sparse(
                directoryStart + directory.length + end.length,
                List.of(
                        new Part(0, first),
                        new Part(secondHeader, second),
                        new Part(directoryStart - version.length, version),
                        new Part(directoryStart, directory),
                        new Part(directoryStart + directory.length, end)));

        var entries = ZipArchive.read(file, "file").entries();

        assertThat(entries.get("r/data.pkl")).isEqualTo(new ZipArchive.Entry("r/data.pkl", first.length, 10));
        assertThat(entries.get("r/data/0"))
                .isEqualTo(new ZipArchive.Entry("r/data/0", secondHeader + second.length, large));
        assertThat(entries.get("r/version")).isEqualTo(new ZipArchive.Entry("r/version", directoryStart, 0));
    }

    private static byte[] local(String name) {
        return buffer(30 + name.length())
                .putInt(0x04034b50)
                .position(26)
                .putShort((short) name.length())
                .putShort((short) 0)
                .put(name.getBytes(StandardCharsets.UTF_8))
                .array();
    }

    private static byte[] listed(String name, long size, long header, boolean zip64) {
        int extra = zip64 ? 28 : 0;
        var record = buffer(46 + name.length() + extra)
                .putInt(0x02014b50)
                .position(20)
                .putInt(zip64 ? -1 : (int) size)
                .putInt(zip64 ? -1 : (int) size)
                .putShort((short) name.length())
                .putShort((short) extra)
                .position(42)
                .putInt(zip64 ? -1 : (int) header)
                .put(name.getBytes(StandardCharsets.UTF_8));
        return zip64
                ? record.putShort((short) 1)
                        .putShort((short) 24)
                        .putLong(size)
                        .putLong(size)
                        .putLong(header)
                        .array()
                : record.array();
    }

    private static byte[] end(long directoryStart, long directoryBytes) {
        return buffer(56 + 20 + 22)
                .putInt(0x06064b50)
                .position(40)
                .putLong(directoryBytes)
                .putLong(directoryStart)
                .putInt(0x07064b50)
                .putInt(0)
                .putLong(directoryStart + directoryBytes)
                .putInt(1)
                .putInt(0x06054b50)
                .position(56 + 20 + 8)
                .putShort((short) -1)
                .putShort((short) -1)
                .putInt(-1)
                .putInt(-1)
                .array();
    }

    private static byte[] concatenated(byte[]... parts) {
        int length = 0;
        for (var part : parts) {
            length += part.length;
        }
        var whole = ByteBuffer.allocate(length);
        for (var part : parts) {
            whole.put(part);
        }
        return whole.array();
    }

    private static ByteBuffer buffer(int bytes) {
        return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }
}
