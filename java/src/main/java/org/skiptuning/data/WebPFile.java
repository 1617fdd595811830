package org.skiptuning.data;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * Where the first frame of a WebP file lies, by the rules of its container.
 *
 * @param screen what is shown
 * @param width of the frame
 * @param height of the frame
 * @param lossless whether the frame is VP8L, else VP8
 * @param from where the frame's data begins in the file
 * @param length bytes of the frame's data
 */
record WebPFile(Screen screen, int width, int height, boolean lossless, int from, int length) {
    private static final int FIRST = 12;
    private static final int HEADER = 8;
    private static final int EXTENDED = 10;
    private static final int FRAME = 16;

    static WebPFile read(byte[] file) throws UnsupportedPictureException {
        var bytes = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
        var riff = file.length < FIRST ? Long.MAX_VALUE : Integer.toUnsignedLong(bytes.getInt(4)) + HEADER;
        if (riff > file.length) {
            throw new UnsupportedPictureException("its end missing (truncated)");
        }
        return new Walk(bytes).frame(FIRST, (int) riff, 0);
    }

    /** The same frame as a file of its own, without colour profile, animation and metadata. */
    byte[] alone(byte[] file) {
        var padded = length + (length & 1);
        var alone = ByteBuffer.allocate(FIRST + HEADER + padded).order(ByteOrder.LITTLE_ENDIAN);
        alone.put("RIFF".getBytes(StandardCharsets.US_ASCII)).putInt(4 + HEADER + padded);
        alone.put("WEBP".getBytes(StandardCharsets.US_ASCII));
        alone.put((lossless ? "VP8L" : "VP8 ").getBytes(StandardCharsets.US_ASCII))
                .putInt(length);
        alone.put(file, from, length);
        return alone.array();
    }

    /** EXIF's orientation, 1 to 8. */
    static int orientation(byte[] file) {
        var bytes = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
        long at = FIRST;
        while (at + HEADER <= file.length) {
            var length = Integer.toUnsignedLong(bytes.getInt((int) at + 4));
            if (at + HEADER + length > file.length) {
                return Exif.UPRIGHT;
            }
            if (PictureFormat.startsWith(file, (int) at, "EXIF")) {
                var from = (int) at + HEADER;
                var prefix = PictureFormat.startsWith(file, from, "Exif\0\0") ? 6 : 0;
                return Exif.orientation(file, from + prefix, (int) length - prefix);
            }
            at += HEADER + length + (length & 1);
        }
        return Exif.UPRIGHT;
    }

    /** Looks for the first frame. */
    private static final class Walk {
        private final ByteBuffer bytes;
        private Screen screen = Screen.filled(0, 0); // until a chunk says how large it is
        private int frameWidth;
        private int frameHeight;

        Walk(ByteBuffer bytes) {
            this.bytes = bytes;
        }

        WebPFile frame(int from, int end, int depth) throws UnsupportedPictureException {
            long at = from;
            while (at + HEADER <= end) {
                var length = Integer.toUnsignedLong(bytes.getInt((int) at + 4));
                var content = (int) at + HEADER;
                if (content + length > end) {
                    throw new UnsupportedPictureException("a part that reaches beyond its end");
                }
                var name = PictureFormat.latin(bytes.array(), (int) at, 4);
                switch (name) {
                    case "VP8X" -> extended(content, (int) length);
                    case "ANMF" -> {
                        if (depth == 0) {
                            animation(content, (int) length);
                            return frame(content + FRAME, content + (int) length, 1);
                        }
                    }
                    case "VP8 ", "VP8L" -> {
                        return found(name.equals("VP8L"), content, (int) length);
                    }
                    default -> {} // alpha, colour profile, metadata and whatever else there is
                }
                at = content + length + (length & 1);
            }
            throw new UnsupportedPictureException("no frame");
        }

        private void extended(int at, int length) throws UnsupportedPictureException {
            if (length < EXTENDED) {
                throw new UnsupportedPictureException("a damaged header");
            }
            frameWidth = 1 + three(at + 4);
            frameHeight = 1 + three(at + 7);
            screen = Screen.filled(frameWidth, frameHeight);
        }

        private void animation(int at, int length) throws UnsupportedPictureException {
            if (length < FRAME) {
                throw new UnsupportedPictureException("a damaged frame");
            }
            screen = new Screen(screen.width(), screen.height(), 2 * three(at), 2 * three(at + 3));
            frameWidth = 1 + three(at + 6);
            frameHeight = 1 + three(at + 9);
            if (screen.left() + frameWidth > screen.width() || screen.top() + frameHeight > screen.height()) {
                throw new UnsupportedPictureException("a frame outside of its screen");
            }
        }

        private WebPFile found(boolean lossless, int at, int length) throws UnsupportedPictureException {
            int width;
            int height;
            if (lossless) {
                if (length < 5 || bytes.get(at) != 0x2F) {
                    throw new UnsupportedPictureException("a damaged frame");
                }
                width = 1 + (bytes.getInt(at + 1) & 0x3FFF);
                height = 1 + (bytes.getInt(at + 1) >>> 14 & 0x3FFF);
            } else {
                if (length < 10) {
                    throw new UnsupportedPictureException("a damaged frame");
                }
                width = bytes.getShort(at + 6) & 0x3FFF;
                height = bytes.getShort(at + 8) & 0x3FFF;
            }
            if (frameWidth == 0) {
                screen = Screen.filled(width, height);
            } else if (width != frameWidth || height != frameHeight) {
                throw new UnsupportedPictureException("a frame of another size than its header says");
            }
            return new WebPFile(screen, width, height, lossless, at, length);
        }

        private int three(int at) {
            return Short.toUnsignedInt(bytes.getShort(at)) | Byte.toUnsignedInt(bytes.get(at + 2)) << 16;
        }
    }
}
