package org.skiptuning.checkpoint;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.skiptuning.CheckpointException;

/**
 * The directory of a ZIP archive as PyTorch writes it: entries stored without compression, ZIP64 where it is large.
 *
 * <p>Nothing is unpacked. Each entry must lie within the file, beside and not upon the others, and say the same in its
 * own header as in the directory. Layout: PKWARE's APPNOTE 6.3.
 *
 * @param entries by name, in the directory's order
 */
record ZipArchive(Map<String, Entry> entries) {
    private static final int END_SIGNATURE = 0x06054b50;
    private static final int END_BYTES = 22;
    private static final int LONGEST_COMMENT = 0xFFFF;
    private static final int END64_SIGNATURE = 0x06064b50;
    private static final int END64_BYTES = 56;
    private static final int LOCATOR64_SIGNATURE = 0x07064b50;
    private static final int LOCATOR64_BYTES = 20;
    private static final int DIRECTORY_SIGNATURE = 0x02014b50;
    private static final int DIRECTORY_BYTES = 46;
    private static final int LOCAL_SIGNATURE = 0x04034b50;
    private static final int LOCAL_BYTES = 30;
    private static final int EXTRA64 = 1;
    private static final int ENCRYPTED = 1;
    private static final long IN_EXTRA64 = 0xFFFF_FFFFL;
    /** A hundred times that of the largest CLIP. */
    private static final long MAX_DIRECTORY_BYTES = 16_000_000;

    /**
     * @param offset first byte of the content in the file
     * @param size bytes of the content
     */
    record Entry(String name, long offset, long size) {}

    /** As the directory has it: where its own header begins, not yet where its content does. */
    private record Listed(String name, long header, long size) {}

    private record Directory(long offset, long size) {}

    /** @param source names the file in messages */
    static ZipArchive read(ByteSource file, String source) {
        return new Reader(file, source).archive();
    }

    private record Reader(ByteSource file, String source) {
        ZipArchive archive() {
            var directory = directory();
            var listed = new ArrayList<>(listed(directory));
            listed.sort(Comparator.comparingLong(Listed::header));
            Map<String, Entry> entries = new LinkedHashMap<>();
            for (int index = 0; index < listed.size(); index++) {
                long limit = index + 1 < listed.size() ? listed.get(index + 1).header() : directory.offset();
                var entry = entry(listed.get(index), limit);
                if (entries.put(entry.name(), entry) != null) {
                    throw broken("it holds " + entry.name() + " twice");
                }
            }
            return new ZipArchive(entries);
        }

        private Directory directory() {
            int tailBytes = (int) Math.min(file.size(), END_BYTES + LONGEST_COMMENT);
            long tailStart = file.size() - tailBytes;
            var tail = bytes(tailStart, tailBytes);
            for (int end = tailBytes - END_BYTES; end >= 0; end--) {
                if (tail.getInt(end) == END_SIGNATURE
                        && end + END_BYTES + unsigned(tail.getShort(end + 20)) == tailBytes) {
                    return directory(tail, end, tailStart + end);
                }
            }
            throw broken("its directory is missing, so it is truncated");
        }

        private Directory directory(ByteBuffer tail, int end, long endOffset) {
            long size = unsigned(tail.getInt(end + 12));
            long offset = unsigned(tail.getInt(end + 16));
            var large = end64(endOffset);
            if (large.isPresent()) {
                var record = bytes(large.getAsLong(), END64_BYTES);
                long largeSize = record.getLong(40);
                long largeOffset = record.getLong(48);
                if (size != IN_EXTRA64 && size != largeSize || offset != IN_EXTRA64 && offset != largeOffset) {
                    throw broken("it has two directories");
                }
                return directory(largeOffset, largeSize, large.getAsLong());
            }
            return directory(offset, size, endOffset);
        }

        private Directory directory(long offset, long size, long expectedEnd) {
            if (offset < 0
                    || size < 0
                    || size > MAX_DIRECTORY_BYTES
                    || offset > expectedEnd
                    || offset + size != expectedEnd) {
                throw broken("its directory isn't where the archive says");
            }
            return new Directory(offset, size);
        }

        /** Where the ZIP64 end record is; PyTorch writes one even where it isn't needed. */
        private OptionalLong end64(long endOffset) {
            if (endOffset < LOCATOR64_BYTES + END64_BYTES) {
                return OptionalLong.empty();
            }
            var locator = bytes(endOffset - LOCATOR64_BYTES, LOCATOR64_BYTES);
            if (locator.getInt(0) != LOCATOR64_SIGNATURE) {
                return OptionalLong.empty();
            }
            long end64 = locator.getLong(8);
            if (end64 < 0
                    || end64 > endOffset - LOCATOR64_BYTES - END64_BYTES
                    || bytes(end64, END64_BYTES).getInt(0) != END64_SIGNATURE) {
                throw broken("its ZIP64 directory is missing");
            }
            return OptionalLong.of(end64);
        }

        private List<Listed> listed(Directory directory) {
            var records = bytes(directory.offset(), (int) directory.size());
            List<Listed> listed = new ArrayList<>();
            while (records.hasRemaining()) {
                if (records.remaining() < DIRECTORY_BYTES
                        || records.getInt(records.position()) != DIRECTORY_SIGNATURE) {
                    throw broken("its directory is damaged");
                }
                int start = records.position();
                int nameBytes = unsigned(records.getShort(start + 28));
                int extraBytes = unsigned(records.getShort(start + 30));
                int length = DIRECTORY_BYTES + nameBytes + extraBytes + unsigned(records.getShort(start + 32));
                if (length > records.remaining()) {
                    throw broken("its directory is damaged");
                }
                listed.add(listed(records, start, nameBytes, extraBytes, directory.offset()));
                records.position(start + length);
            }
            return listed;
        }

        private Listed listed(ByteBuffer records, int start, int nameBytes, int extraBytes, long limit) {
            var name = UntrustedNames.require(text(records, start + DIRECTORY_BYTES, nameBytes), source);
            if ((records.getShort(start + 8) & ENCRYPTED) != 0) {
                throw broken(name + " is encrypted");
            }
            if (records.getShort(start + 10) != 0) {
                throw broken(name + " is compressed, which PyTorch never does");
            }
            long stored = unsigned(records.getInt(start + 20));
            long size = unsigned(records.getInt(start + 24));
            long header = unsigned(records.getInt(start + 42));
            if (stored == IN_EXTRA64 || size == IN_EXTRA64 || header == IN_EXTRA64) {
                var extra = extra64(records, start + DIRECTORY_BYTES + nameBytes, extraBytes, name);
                size = size == IN_EXTRA64 ? next(extra, name) : size;
                stored = stored == IN_EXTRA64 ? next(extra, name) : stored;
                header = header == IN_EXTRA64 ? next(extra, name) : header;
            }
            if (size != stored || size < 0 || header < 0 || header > limit) {
                throw broken("the sizes of " + name + " are impossible");
            }
            return new Listed(name, header, size);
        }

        private ByteBuffer extra64(ByteBuffer records, int start, int length, String name) {
            int place = start;
            while (place + 4 <= start + length) {
                int bytes = unsigned(records.getShort(place + 2));
                if (place + 4 + bytes > start + length) {
                    break;
                }
                if (records.getShort(place) == EXTRA64) {
                    return records.slice(place + 4, bytes).order(ByteOrder.LITTLE_ENDIAN);
                }
                place += 4 + bytes;
            }
            throw broken("the ZIP64 sizes of " + name + " are missing");
        }

        private long next(ByteBuffer extra, String name) {
            if (extra.remaining() < Long.BYTES) {
                throw broken("the ZIP64 sizes of " + name + " are missing");
            }
            return extra.getLong();
        }

        /** @param limit where the next entry or the directory begins */
        private Entry entry(Listed listed, long limit) {
            if (limit - listed.header() < LOCAL_BYTES) {
                throw broken(listed.name() + " overlaps with what follows");
            }
            var local = bytes(listed.header(), LOCAL_BYTES);
            int nameBytes = unsigned(local.getShort(26));
            long content = listed.header() + LOCAL_BYTES + nameBytes + unsigned(local.getShort(28));
            if (local.getInt(0) != LOCAL_SIGNATURE || local.getShort(8) != 0) {
                throw broken("the header of " + listed.name() + " is damaged");
            }
            if (content > limit || listed.size() > limit - content) {
                throw broken(listed.name() + " overlaps with what follows");
            }
            if (!text(bytes(listed.header() + LOCAL_BYTES, nameBytes), 0, nameBytes)
                    .equals(listed.name())) {
                throw broken(listed.name() + " has two names");
            }
            return new Entry(listed.name(), content, listed.size());
        }

        private ByteBuffer bytes(long offset, int length) {
            if (offset < 0 || offset > file.size() - length) {
                throw broken("it ends too early");
            }
            var bytes = new byte[length];
            file.read(offset, bytes);
            return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        }

        private static String text(ByteBuffer bytes, int offset, int length) {
            return new String(bytes.array(), offset, length, StandardCharsets.UTF_8);
        }

        private static int unsigned(short value) {
            return Short.toUnsignedInt(value);
        }

        private static long unsigned(int value) {
            return Integer.toUnsignedLong(value);
        }

        private CheckpointException broken(String what) {
            return new CheckpointException(source + " is a damaged or foreign archive: " + what + "; fetch it again");
        }
    }
}
