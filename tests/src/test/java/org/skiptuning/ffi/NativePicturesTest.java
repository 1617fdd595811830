package org.skiptuning.ffi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

class NativePicturesTest {
    private static final Path GOLDEN = Path.of("src", "test", "resources", "golden", "image");
    private static final float[] MEAN = {0.48145466f, 0.4578275f, 0.40821073f};
    private static final float[] DEVIATION = {0.26862954f, 0.26130258f, 0.27577711f};

    @Test
    void resizesAsPillowByteForByte() throws Exception {
        for (var golden : goldenWindows()) {
            try (var rgb = noise(golden.kind(), golden.seed(), golden.width(), golden.height(), 0)) {
                var window = NativePictures.resize(golden.source(rgb, 3L * golden.width()), golden.side());
                assertThat(digest(window)).as(golden.line()).isEqualTo(golden.bytes());
            }
        }
    }

    @Test
    void normalisesAsTorchvisionBitForBit() throws Exception {
        for (var golden : goldenWindows()) {
            // Rows with a gap between them: the pixels are the same.
            try (var rgb = noise(golden.kind(), golden.seed(), golden.width(), golden.height(), 5);
                    var output = NativeBuffer.allocate(12L * golden.side() * golden.side())) {
                var source = golden.source(rgb, 3L * golden.width() + 5);
                NativePictures.prepare(List.of(source), golden.side(), MEAN, DEVIATION, 1, output);
                var values = new byte[(int) output.size()];
                output.copyTo(0, values, 0, values.length);
                assertThat(digest(values)).as(golden.line()).isEqualTo(golden.values());
            }
        }
    }

    @Test
    void theNumberOfThreadsChangesNothing() {
        int side = 12;
        try (var rgb = noise("grey", 1, 40, 30, 0);
                var one = NativeBuffer.allocate(50L * 12 * side * side);
                var many = NativeBuffer.allocate(50L * 12 * side * side)) {
            var sources = IntStream.range(0, 50)
                    .mapToObj(index -> new PictureSource(
                            rgb,
                            40,
                            30,
                            120,
                            index % 7,
                            index % 5,
                            20 + index % 11,
                            20,
                            side,
                            side,
                            0,
                            0,
                            index % 2 == 0))
                    .toList();
            NativePictures.prepare(sources, side, MEAN, DEVIATION, 1, one);
            NativePictures.prepare(sources, side, MEAN, DEVIATION, 4, many);
            assertThat(bytes(many)).isEqualTo(bytes(one));
        }
    }

    @Test
    void warpsByItsFormulas() throws IOException {
        var expected =
                ByteBuffer.wrap(Files.readAllBytes(GOLDEN.resolve("warp.bin"))).order(ByteOrder.LITTLE_ENDIAN);
        for (var line : Files.readAllLines(GOLDEN.resolve("warp.csv"))) {
            var fields = line.split(",");
            int width = Integer.parseInt(fields[1]);
            int height = Integer.parseInt(fields[2]);
            int side = Integer.parseInt(fields[3]);
            var numbers = Stream.of(fields).map(Float::parseFloat).toList();
            int background = Integer.parseInt(fields[14]) << 16
                    | Integer.parseInt(fields[15]) << 8
                    | Integer.parseInt(fields[16]);
            try (var rgb = noise("grey", Integer.parseInt(fields[0]), width, height, 0);
                    var output = NativeBuffer.allocate(12L * side * side)) {
                var warp = new PictureWarp(
                        rgb,
                        width,
                        height,
                        3L * width,
                        numbers.subList(4, 10),
                        numbers.get(10),
                        numbers.get(11),
                        numbers.get(12),
                        fields[13].equals("1"),
                        background);
                NativePictures.warp(List.of(warp), side, new float[3], new float[] {1, 1, 1}, 1, output);
                for (long offset = 0; offset < output.size(); offset += 4) {
                    assertThat(output.getFloat(offset) * 255)
                            .as(line + " at " + offset / 4)
                            .isCloseTo(expected.getFloat(), Offset.offset(0.003f));
                }
            }
        }
        assertThat(expected.hasRemaining()).isFalse();
    }

    @Test
    void aWarpMayBeNormalised() {
        try (var rgb = noise("grey", 0, 4, 4, 0);
                var plain = NativeBuffer.allocate(12 * 16);
                var normalised = NativeBuffer.allocate(12 * 16)) {
            var warp =
                    new PictureWarp(rgb, 4, 4, 12, List.of(1f, 0f, 0f, 0f, 1f, 0f), 1, 1, 1, false, PictureWarp.WHITE);
            var source = new PictureSource(rgb, 4, 4, 12, 0, 0, 4, 4, 4, 4, 0, 0, false);
            NativePictures.warp(List.of(warp), 4, MEAN, DEVIATION, 1, normalised);
            NativePictures.prepare(List.of(source), 4, MEAN, DEVIATION, 1, plain);
            assertThat(bytes(normalised)).isEqualTo(bytes(plain));
        }
    }

    @Test
    void whatDoesNotFitIsRefused() {
        try (var rgb = NativeBuffer.allocate(3 * 4 * 4);
                var output = NativeBuffer.allocate(12 * 4 * 4)) {
            refuses(
                    () -> new PictureSource(rgb, 5, 4, 15, 0, 0, 1, 1, 4, 4, 0, 0, false),
                    "does not fit into 48 bytes");
            refuses(() -> new PictureSource(rgb, 4, 4, 11, 0, 0, 1, 1, 4, 4, 0, 0, false), "does not fit");
            refuses(() -> new PictureSource(rgb, 0, 4, 12, 0, 0, 1, 1, 4, 4, 0, 0, false), "An empty picture");
            refuses(() -> new PictureSource(rgb, 4, 4, 12, 0, 0, 0, 1, 4, 4, 0, 0, false), "An empty box");
            assertThatThrownBy(() -> new PictureSource(rgb, 4, 4, 12, 1, 0, 4, 1, 4, 4, 0, 0, false))
                    .isInstanceOf(IndexOutOfBoundsException.class);
            var whole = new PictureSource(rgb, 4, 4, 12, 0, 0, 4, 4, 4, 4, 0, 0, false);
            refuses(() -> NativePictures.resize(whole, 5), "The window is not inside of the resized picture");
            refuses(() -> NativePictures.resize(whole, 0), "A window of 0 pixels");
            refuses(() -> NativePictures.prepare(List.of(whole, whole), 4, MEAN, DEVIATION, 1, output), "needs 384");
            refuses(
                    () -> NativePictures.prepare(List.of(whole), 4, MEAN, new float[3], 1, output),
                    "deviation above 0");
            refuses(() -> NativePictures.prepare(List.of(whole), 4, MEAN, DEVIATION, -1, output), "threads");
            refuses(
                    () -> new PictureWarp(rgb, 4, 4, 12, List.of(1f), 1, 1, 1, false, 0),
                    "A map is six finite numbers");
            refuses(
                    () -> new PictureWarp(rgb, 4, 4, 12, List.of(1f, 0f, 0f, 0f, 1f, 0f), -1, 1, 1, false, 0),
                    "A colour factor of -1.0");
            NativePictures.prepare(List.of(), 4, MEAN, DEVIATION, 0, output);
            rgb.close();
            assertThatThrownBy(() -> NativePictures.resize(whole, 4)).isInstanceOf(IllegalStateException.class);
        }
    }

    private static void refuses(org.assertj.core.api.ThrowableAssert.ThrowingCallable call, String message) {
        assertThatThrownBy(call).isInstanceOf(IllegalArgumentException.class).hasMessageContaining(message);
    }

    /** One line of resize.csv. */
    private record GoldenWindow(String line, String kind, int[] numbers, String filter, String bytes, String values) {
        int seed() {
            return numbers[0];
        }

        int width() {
            return numbers[1];
        }

        int height() {
            return numbers[2];
        }

        int side() {
            return numbers[11];
        }

        PictureSource source(NativeBuffer rgb, long rowBytes) {
            return new PictureSource(
                    rgb,
                    width(),
                    height(),
                    rowBytes,
                    numbers[3],
                    numbers[4],
                    numbers[5],
                    numbers[6],
                    numbers[7],
                    numbers[8],
                    numbers[9],
                    numbers[10],
                    numbers[12] == 1,
                    PictureFilter.valueOf(filter));
        }
    }

    private static List<GoldenWindow> goldenWindows() throws IOException {
        var windows = new ArrayList<GoldenWindow>();
        for (var line : Files.readAllLines(GOLDEN.resolve("resize.csv"))) {
            var fields = line.split(",");
            int[] numbers = IntStream.range(1, 14)
                    .map(index -> Integer.parseInt(fields[index]))
                    .toArray();
            windows.add(new GoldenWindow(line, fields[0], numbers, fields[14], fields[15], fields[16]));
        }
        assertThat(windows).hasSizeGreaterThan(300);
        return windows;
    }

    /** The noise of image_resize.py, with {@code gap} bytes of anything after each row. */
    private static NativeBuffer noise(String kind, int seed, int width, int height, int gap) {
        int row = 3 * width;
        var buffer = NativeBuffer.allocate((long) (row + gap) * height);
        for (int index = 0; index < row * height; index++) {
            long value = (index * 2654435761L + seed * 40503L & 0xFFFFFFFFL) >> 24;
            if (kind.equals("contrast")) {
                value = value >= 128 ? 255 : 0;
            }
            buffer.putByte(index / row * (long) (row + gap) + index % row, (byte) value);
        }
        return buffer;
    }

    private static String digest(byte[] bytes) throws Exception {
        return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes), 0, 8);
    }

    private static byte[] bytes(NativeBuffer buffer) {
        var bytes = new byte[Math.toIntExact(buffer.size())];
        buffer.copyTo(0, bytes, 0, bytes.length);
        return bytes;
    }
}
