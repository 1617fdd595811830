package org.skiptuning.data;

/** The blocks of a GIF file. */
final class GifFile {
    private static final int IMAGE = 0x2C;
    private static final int EXTENSION = 0x21;

    private GifFile() {}

    /** The screen, grown where the first frame reaches beyond it, as Pillow does. */
    static Screen screen(byte[] file) throws UnsupportedPictureException {
        try {
            var at = 13 + paletteBytes(file[10]);
            while (file[at] == EXTENSION) {
                at += 2;
                while (file[at] != 0) {
                    at += 1 + Byte.toUnsignedInt(file[at]);
                }
                at++;
            }
            if (file[at] != IMAGE) {
                throw new UnsupportedPictureException("no frame where one should begin");
            }
            var left = unsigned(file, at + 1);
            var top = unsigned(file, at + 3);
            var right = left + unsigned(file, at + 5);
            var bottom = top + unsigned(file, at + 7);
            return new Screen(Math.max(unsigned(file, 6), right), Math.max(unsigned(file, 8), bottom), left, top);
        } catch (IndexOutOfBoundsException truncated) {
            throw new UnsupportedPictureException("no frame before the end of the file");
        }
    }

    private static int paletteBytes(byte flags) {
        return (flags & 0x80) == 0 ? 0 : 3 << (flags & 7) + 1;
    }

    private static int unsigned(byte[] file, int at) {
        return Byte.toUnsignedInt(file[at]) | Byte.toUnsignedInt(file[at + 1]) << 8;
    }
}
