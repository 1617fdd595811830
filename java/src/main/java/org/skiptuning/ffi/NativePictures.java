package org.skiptuning.ffi;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;

/** Decoded pictures to the pixels that the image tower takes. Needs the native core, but no device. */
public final class NativePictures {
    /** Of a picture, and of what its box is resized to: the core takes no more. */
    public static final int LONGEST_SIDE = 1 << 24;

    private static final int CHANNELS = 3;

    private NativePictures() {}

    /**
     * Crops, resizes as Pillow does, mirrors and normalises.
     *
     * @param size S, the side of the windows
     * @param mean of each channel, of values in 0..1
     * @param deviation of each channel
     * @param threads 0 for as many as this process may use
     * @param output [pictures, 3, S, S] fp32, receives (value / 255 - mean) / deviation
     */
    public static void prepare(
            List<PictureSource> pictures, int size, float[] mean, float[] deviation, int threads, NativeBuffer output) {
        requireOutput(pictures.size(), size, mean, deviation, output);
        var buffers = pictures.stream().map(PictureSource::rgb).toList();
        run(buffers, mean, deviation, output, (arena, means, deviations, target) -> {
            var array = Struct.allocateArray(Layouts.PICTURE, pictures.size(), arena);
            for (int index = 0; index < pictures.size(); index++) {
                fill(Struct.at(Layouts.PICTURE, array, index), pictures.get(index));
            }
            long count = pictures.size();
            int workers = workers(threads);
            return () -> (int) Abi.IMAGE_PREPARE.invokeExact(array, count, size, means, deviations, workers, target);
        });
    }

    /** One window before normalising: {@code size} rows of {@code size} pixels of 3 bytes. */
    public static byte[] resize(PictureSource picture, int size) {
        if (size < 1 || size > 1 << 14) {
            throw new IllegalArgumentException("A window of " + size + " pixels");
        }
        NativeLibrary.load();
        try (var arena = Arena.ofConfined();
                var held = Buffers.hold(picture.rgb())) {
            var struct = Struct.at(Layouts.PICTURE, Struct.allocateArray(Layouts.PICTURE, 1, arena), 0);
            fill(struct, picture);
            var output = arena.allocate((long) CHANNELS * size * size);
            var segment = struct.segment();
            Abi.call(() -> (int) Abi.IMAGE_RESIZE.invokeExact(segment, size, output));
            return output.toArray(Layouts.BYTE);
        }
    }

    /** Bends, recolours and normalises; parameters as in {@link #prepare}. */
    public static void warp(
            List<PictureWarp> pictures, int size, float[] mean, float[] deviation, int threads, NativeBuffer output) {
        requireOutput(pictures.size(), size, mean, deviation, output);
        var buffers = pictures.stream().map(PictureWarp::rgb).toList();
        run(buffers, mean, deviation, output, (arena, means, deviations, target) -> {
            var array = Struct.allocateArray(Layouts.WARP, pictures.size(), arena);
            for (int index = 0; index < pictures.size(); index++) {
                fill(Struct.at(Layouts.WARP, array, index), pictures.get(index));
            }
            long count = pictures.size();
            int workers = workers(threads);
            return () -> (int) Abi.IMAGE_WARP.invokeExact(array, count, size, means, deviations, workers, target);
        });
    }

    private interface Preparation {
        Abi.Downcall prepare(Arena arena, MemorySegment mean, MemorySegment deviation, MemorySegment output);
    }

    private static void run(
            List<NativeBuffer> pictures,
            float[] mean,
            float[] deviation,
            NativeBuffer output,
            Preparation preparation) {
        NativeLibrary.load();
        try (var arena = Arena.ofConfined();
                var held = Handle.Hold.of(
                        pictures.stream().map(NativeBuffer::lifetime).toList());
                var target = Buffers.hold(output)) {
            Abi.call(preparation.prepare(
                    arena,
                    arena.allocateFrom(Layouts.FLOAT, mean),
                    arena.allocateFrom(Layouts.FLOAT, deviation),
                    target.segment(0)));
        }
    }

    private static void requireOutput(int pictures, int size, float[] mean, float[] deviation, NativeBuffer output) {
        if (size < 1 || mean.length != CHANNELS || deviation.length != CHANNELS) {
            throw new IllegalArgumentException("A window of " + size + " pixels with " + mean.length + " means and "
                    + deviation.length + " deviations");
        }
        Buffers.require("prepared pictures", output, Float.BYTES, pictures, CHANNELS, size, size);
    }

    private static int workers(int threads) {
        if (threads < 0) {
            throw new IllegalArgumentException("The number of threads is negative: " + threads);
        }
        return threads == 0 ? Runtime.getRuntime().availableProcessors() : threads;
    }

    private static void fill(Struct struct, PictureSource picture) {
        struct.set("width", picture.width())
                .set("height", picture.height())
                .set("flip", picture.flip() ? 1 : 0)
                .set("rgb", picture.rgb().segment())
                .set("row_bytes", picture.rowBytes())
                .set("box_left", picture.boxLeft())
                .set("box_top", picture.boxTop())
                .set("box_width", picture.boxWidth())
                .set("box_height", picture.boxHeight())
                .set("resized_width", picture.resizedWidth())
                .set("resized_height", picture.resizedHeight())
                .set("window_left", picture.windowLeft())
                .set("window_top", picture.windowTop())
                .set("filter", picture.filter().code());
    }

    private static void fill(Struct struct, PictureWarp picture) {
        var map = new float[6];
        for (int index = 0; index < map.length; index++) {
            map[index] = picture.map().get(index);
        }
        int colour = picture.background();
        struct.set("width", picture.width())
                .set("height", picture.height())
                .set("greyscale", picture.greyscale() ? 1 : 0)
                .set("rgb", picture.rgb().segment())
                .set("row_bytes", picture.rowBytes())
                .set("map", map)
                .set("brightness", picture.brightness())
                .set("contrast", picture.contrast())
                .set("saturation", picture.saturation())
                .set("background", new byte[] {(byte) (colour >> 16), (byte) (colour >> 8), (byte) colour});
    }
}
