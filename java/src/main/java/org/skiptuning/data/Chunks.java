package org.skiptuning.data;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** The chunks that PNG and WebP files are made of. */
final class Chunks {
    /** Where a chunk's content lies in the file. */
    record Chunk(int from, int length) {}

    private Chunks() {}

    /** EXIF's orientation of a PNG file, 1 to 8. */
    static int pngOrientation(byte[] file) {
        return find(file, "eXIf", 8, ByteOrder.BIG_ENDIAN)
                .map(chunk -> Exif.orientation(file, chunk.from(), chunk.length()))
                .orElse(Exif.UPRIGHT);
    }

    /** EXIF's orientation of a WebP file, 1 to 8. */
    static int webpOrientation(byte[] file) {
        return find(file, "EXIF", 12, ByteOrder.LITTLE_ENDIAN)
                .map(chunk -> {
                    var prefix = PictureFormat.startsWith(file, chunk.from(), "Exif\0\0") ? 6 : 0;
                    return Exif.orientation(file, chunk.from() + prefix, chunk.length() - prefix);
                })
                .orElse(Exif.UPRIGHT);
    }

    /** The same WebP file without its colour profile, which its reader would otherwise apply. */
    static byte[] withoutProfile(byte[] file) {
        return find(file, "ICCP", 12, ByteOrder.LITTLE_ENDIAN)
                .map(chunk -> {
                    var plain = file.clone();
                    var unknown = "none".getBytes(StandardCharsets.ISO_8859_1);
                    System.arraycopy(unknown, 0, plain, chunk.from() - 8, unknown.length);
                    return plain;
                })
                .orElse(file);
    }

    /** PNG has a chunk's length before its name and a checksum behind it; WebP has the length second and pads to even. */
    private static Optional<Chunk> find(byte[] file, String wanted, int first, ByteOrder order) {
        var png = order == ByteOrder.BIG_ENDIAN;
        var bytes = ByteBuffer.wrap(file).order(order);
        long at = first;
        while (at + 8 <= file.length) {
            var length = Integer.toUnsignedLong(bytes.getInt((int) at + (png ? 0 : 4)));
            if (at + 8 + length > file.length) {
                return Optional.empty();
            }
            if (PictureFormat.startsWith(file, (int) at + (png ? 4 : 0), wanted)) {
                return Optional.of(new Chunk((int) at + 8, (int) length));
            }
            at += 8 + length + (png ? 4 : length & 1);
        }
        return Optional.empty();
    }
}
