package org.skiptuning.data;

/**
 * The screen of a GIF file and where its first frame lies on it; Pillow shows all of the screen.
 *
 * @param width of the screen, grown where the frame reaches beyond it
 * @param height likewise
 * @param left of the frame
 * @param top of the frame
 */
record GifScreen(int width, int height, int left, int top) {
    private static final int IMAGE = 0x2C;
    private static final int EXTENSION = 0x21;

    static GifScreen read(byte[] file) throws UnsupportedPictureException {
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
            return new GifScreen(Math.max(unsigned(file, 6), right), Math.max(unsigned(file, 8), bottom), left, top);
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
