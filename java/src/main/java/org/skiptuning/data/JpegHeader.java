package org.skiptuning.data;

import java.util.Arrays;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * What the markers of a JPEG file say about its colours, and whether the file is whole.
 *
 * @param colours of the stored samples, by the rules of libjpeg ({@code default_decompress_parms} in jdapimin.c)
 * @param halvedRows which components have every second row of the picture and all columns, as the chroma of 4:4:0
 * @param complete whether the end-of-image marker was found
 * @param orientation EXIF's, 1 to 8
 */
record JpegHeader(Colours colours, Set<Integer> halvedRows, boolean complete, int orientation) {
    enum Colours {
        GREY,
        RGB,
        YCBCR,
        CMYK,
        YCCK,
        UNKNOWN
    }

    private static final int NO_TRANSFORM = -1;

    static JpegHeader read(byte[] file) {
        return new Walk(file).read();
    }

    /** One pass over the markers. */
    private static final class Walk {
        private final byte[] file;
        private int at = 2;
        private boolean jfif;
        private int adobeTransform = NO_TRANSFORM;
        private int[] components = {};
        private int[] sampling = {};
        private int orientation = Exif.UPRIGHT;

        Walk(byte[] file) {
            this.file = file;
        }

        JpegHeader read() {
            var complete = false;
            while (!complete && seekMarker()) {
                var marker = unsigned(at + 1);
                if (marker == 0xD9) {
                    complete = true;
                } else if (marker == 0x01 || marker >= 0xD0 && marker <= 0xD8) {
                    at += 2;
                } else if (at + 4 <= file.length) {
                    var length = unsigned(at + 2) << 8 | unsigned(at + 3);
                    segment(marker, at + 4, length - 2);
                    at += 2 + Math.max(2, length);
                } else {
                    at = file.length;
                }
            }
            return new JpegHeader(colours(), halvedRows(), complete, orientation);
        }

        /** The next 0xFF before a marker's code; what lies between is entropy-coded data. */
        private boolean seekMarker() {
            while (at + 1 < file.length) {
                if (file[at] == -1 && file[at + 1] != 0 && file[at + 1] != -1) {
                    return true;
                }
                at++;
            }
            return false;
        }

        private void segment(int marker, int from, int length) {
            if (length < 0 || from + length > file.length) {
                return;
            }
            switch (marker) {
                case 0xE0 -> jfif |= length >= 14 && PictureFormat.startsWith(file, from, "JFIF\0");
                case 0xE1 -> {
                    if (length > 6 && PictureFormat.startsWith(file, from, "Exif\0\0")) {
                        orientation = Exif.orientation(file, from + 6, length - 6);
                    }
                }
                case 0xEE -> {
                    if (length >= 12 && PictureFormat.startsWith(file, from, "Adobe")) {
                        adobeTransform = unsigned(from + 11);
                    }
                }
                case 0xC0, 0xC1, 0xC2, 0xC3, 0xC5, 0xC6, 0xC7, 0xC9, 0xCA, 0xCB, 0xCD, 0xCE, 0xCF ->
                    frame(from, length);
                default -> {}
            }
        }

        private void frame(int from, int length) {
            if (length >= 6 && length >= 6 + 3 * unsigned(from + 5)) {
                components = new int[unsigned(from + 5)];
                sampling = new int[components.length];
                Arrays.setAll(components, i -> unsigned(from + 6 + 3 * i));
                Arrays.setAll(sampling, i -> unsigned(from + 7 + 3 * i));
            }
        }

        private Colours colours() {
            return switch (components.length) {
                case 1 -> Colours.GREY;
                case 3 -> isRgb() ? Colours.RGB : Colours.YCBCR;
                case 4 -> adobeTransform > 0 ? Colours.YCCK : Colours.CMYK;
                default -> Colours.UNKNOWN;
            };
        }

        /** Sampling factors have the horizontal one in the high half, the vertical one in the low half. */
        private Set<Integer> halvedRows() {
            var columns =
                    Arrays.stream(sampling).map(factors -> factors >> 4).max().orElse(0);
            var rows =
                    Arrays.stream(sampling).map(factors -> factors & 15).max().orElse(0);
            return IntStream.range(0, sampling.length)
                    .filter(i -> sampling[i] >> 4 == columns && 2 * (sampling[i] & 15) == rows)
                    .boxed()
                    .collect(Collectors.toUnmodifiableSet());
        }

        private boolean isRgb() {
            if (jfif) {
                return false;
            }
            return adobeTransform == NO_TRANSFORM
                    ? Arrays.equals(components, new int[] {'R', 'G', 'B'})
                    : adobeTransform == 0;
        }

        private int unsigned(int index) {
            return Byte.toUnsignedInt(file[index]);
        }
    }
}
