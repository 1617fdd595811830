package org.skiptuning.data;

import java.io.DataInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.zip.GZIPInputStream;

/** The pictures of tests/parity/data_pictures.py and what Pillow makes of them. */
final class GoldenPictures {
    /** @param rgb rows of RGB bytes; empty where Pillow refuses the file */
    record Expected(Path file, boolean applyOrientation, int width, int height, Optional<byte[]> rgb) {
        String name() {
            return file.getFileName().toString();
        }

        @Override
        public String toString() {
            return name() + (applyOrientation ? " turned" : "");
        }
    }

    private GoldenPictures() {}

    static List<Expected> all() throws IOException {
        var rows = rows();
        var expected = new ArrayList<Expected>();
        for (var line : Golden.lines("pictures.csv")) {
            var cells = line.split(",", -1);
            var refused = cells[2].isEmpty();
            expected.add(new Expected(
                    Golden.path("pictures/" + cells[0]),
                    cells[1].equals("1"),
                    refused ? 0 : Integer.parseInt(cells[2]),
                    refused ? 0 : Integer.parseInt(cells[3]),
                    refused ? Optional.empty() : Optional.of(rows.get(Integer.parseInt(cells[5])))));
        }
        return expected;
    }

    private static List<byte[]> rows() throws IOException {
        var rows = new ArrayList<byte[]>();
        try (var packed =
                new DataInputStream(new GZIPInputStream(Files.newInputStream(Golden.path("pictures.bin.gz"))))) {
            int length;
            while ((length = next(packed)) >= 0) {
                rows.add(packed.readNBytes(length));
            }
        }
        return rows;
    }

    private static int next(DataInputStream packed) throws IOException {
        var first = packed.read();
        return first < 0 ? -1 : first << 24 | packed.readUnsignedByte() << 16 | packed.readUnsignedShort();
    }

    static byte[] bytes(DecodedPicture picture) {
        var bytes = new byte[Math.toIntExact(picture.bytes())];
        picture.rgb().copyTo(0, bytes, 0, bytes.length);
        return bytes;
    }
}
