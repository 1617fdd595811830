package org.skiptuning.data;

import org.skiptuning.ffi.NativeBuffer;
import org.skiptuning.ffi.PictureSource;

/**
 * An 8-bit RGB picture outside the Java heap: {@code height} rows of {@code width} pixels of 3 bytes, without gaps.
 *
 * <p>Closing it ends the buffer.
 */
public record DecodedPicture(NativeBuffer rgb, int width, int height) implements AutoCloseable {
    private static final int CHANNELS = 3;

    public DecodedPicture {
        if (width < 1 || height < 1 || rgb.size() != (long) CHANNELS * width * height) {
            throw new IllegalArgumentException(
                    "A picture of " + width + "x" + height + " does not fill " + rgb.size() + " bytes");
        }
    }

    static DecodedPicture allocate(int width, int height) {
        return new DecodedPicture(NativeBuffer.allocate((long) CHANNELS * width * height), width, height);
    }

    /** Bytes of the pixels. */
    public long bytes() {
        return rgb.size();
    }

    long rowBytes() {
        return (long) CHANNELS * width;
    }

    /** The part of this picture that a transform asks for, to be resized by the core. */
    public PictureSource placed(Placement placement) {
        return new PictureSource(
                rgb,
                width,
                height,
                rowBytes(),
                placement.boxLeft(),
                placement.boxTop(),
                placement.boxWidth(),
                placement.boxHeight(),
                placement.resizedWidth(),
                placement.resizedHeight(),
                placement.windowLeft(),
                placement.windowTop(),
                placement.flip());
    }

    @Override
    public void close() {
        rgb.close();
    }
}
