package org.skiptuning.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.awt.image.BufferedImage;
import java.io.DataInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.zip.GZIPInputStream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.skiptuning.DataSetException;

@Timeout(60)
class PixelPipelineTest {
    private static final PixelFormat FORMAT =
            new PixelFormat(16, List.of(0.48f, 0.46f, 0.41f), List.of(0.27f, 0.26f, 0.28f));
    private static final List<String> NAMES = List.of("rgb.png", "420.jpg", "cmyk.jpg", "palette.gif", "lossless.webp");

    @TempDir
    private Path folder;

    private static PictureStore store(List<Path> files) {
        return new PictureStore(files, DecodeOptions.DEFAULT, 1 << 20);
    }

    private static List<Path> goldenFiles() {
        return NAMES.stream().map(name -> Golden.path("pictures/" + name)).toList();
    }

    private static PixelPipeline.Options options(int threads, int ahead) {
        return new PixelPipeline.Options(threads, ahead, false);
    }

    private static float[] floats(PixelBatch batch) {
        var floats = new float[(int) (batch.pixels().size() / Float.BYTES)];
        batch.pixels().getFloats(0, floats, 0, floats.length);
        return floats;
    }

    @AfterEach
    void noThreadIsLeft() {
        assertThat(Thread.getAllStackTraces().keySet())
                .extracting(Thread::getName)
                .noneMatch(name -> name.startsWith("skip-tuning-pictures"));
    }

    @Test
    void pixelsAreThoseOfTorchvision() throws Exception {
        try (var packed =
                new DataInputStream(new GZIPInputStream(Files.newInputStream(Golden.path("pixels.bin.gz"))))) {
            for (var line : Golden.lines("pixels.csv")) {
                var cells = line.split(",");
                var side = Integer.parseInt(cells[5]);
                var expected = packed.readNBytes(3 * side * side);
                var index = Integer.parseInt(cells[4]);
                var transform = switch (cells[1]) {
                    case "shortest" -> PictureTransform.shortestSide(side);
                    case "squash" -> PictureTransform.squash(side);
                    default -> PictureTransform.cropAndFlip(side, Long.parseLong(cells[2]), Integer.parseInt(cells[3]));
                };
                var files = IntStream.rangeClosed(0, index)
                        .mapToObj(i -> Golden.path("pictures/" + cells[0]))
                        .toList();
                var format = new PixelFormat(side, FORMAT.mean(), FORMAT.deviation());
                try (var store = store(files);
                        var pipeline = new PixelPipeline(
                                store, format, transform, List.of(new int[] {index}), options(1, 1))) {
                    assertThat(floats(pipeline.next().orElseThrow()))
                            .as(line)
                            .containsExactly(normalised(expected, side), within(1e-5f));
                }
            }
        }
    }

    private static float[] normalised(byte[] rgb, int side) {
        var planes = new float[rgb.length];
        for (var i = 0; i < rgb.length; i++) {
            var channel = i % 3;
            planes[channel * side * side + i / 3] =
                    (Byte.toUnsignedInt(rgb[i]) / 255f - FORMAT.mean().get(channel))
                            / FORMAT.deviation().get(channel);
        }
        return planes;
    }

    private static List<String> run(int threads, int ahead) throws InterruptedException {
        var plan = IntStream.range(0, 40)
                .mapToObj(batch -> IntStream.range(0, 1 + batch % 4)
                        .map(i -> (batch + 2 * i) % 5)
                        .toArray())
                .toList();
        var batches = new ArrayList<String>();
        try (var store = store(goldenFiles());
                var pipeline = new PixelPipeline(
                        store, FORMAT, PictureTransform.cropAndFlip(16, 3, 0), plan, options(threads, ahead))) {
            for (var batch = pipeline.next(); batch.isPresent(); batch = pipeline.next()) {
                batches.add(batch.get().pictures() + " " + Arrays.hashCode(floats(batch.get())));
            }
            assertThat(pipeline.next()).isEmpty();
        }
        assertThat(batches).hasSize(40);
        return batches;
    }

    @Test
    void oneOrManyThreadsGiveTheSameBatchesInOrder() throws Exception {
        var expected = run(1, 1);
        assertThat(run(4, 1)).isEqualTo(expected);
        assertThat(run(3, 7)).isEqualTo(expected);
        assertThat(expected.getFirst()).startsWith("[0] ");
        assertThat(expected.get(3)).startsWith("[3, 0, 2, 4] ");
    }

    private List<Path> withBadPictures() throws IOException {
        var files = new ArrayList<>(goldenFiles());
        files.set(1, Files.createFile(folder.resolve("empty.jpg")));
        files.set(3, Files.writeString(folder.resolve("text.jpg"), "text"));
        return files;
    }

    @Test
    void aBadPictureStopsThePipelineAtItsBatch() throws Exception {
        var plan = List.of(new int[] {0, 2}, new int[] {4, 3, 1}, new int[] {1});
        try (var store = store(withBadPictures());
                var pipeline = new PixelPipeline(store, FORMAT, PictureTransform.squash(16), plan, options(2, 3))) {
            assertThat(pipeline.next().orElseThrow().pictures()).containsExactly(0, 2);
            assertThatThrownBy(pipeline::next)
                    .isInstanceOf(DataSetException.class)
                    .hasMessageContaining("text.jpg");
            assertThatThrownBy(pipeline::next).isInstanceOf(IllegalStateException.class);
        }
    }

    @Test
    void theFirstBadPictureNamesOthersOfItsBatch() throws Exception {
        var plan = List.of(new int[] {1, 0, 3, 1, 2}, new int[] {0});
        try (var store = store(withBadPictures());
                var pipeline = new PixelPipeline(store, FORMAT, PictureTransform.squash(16), plan, options(2, 1))) {
            assertThatThrownBy(pipeline::next)
                    .isInstanceOf(DataSetException.class)
                    .hasMessage("The picture " + store.file(1) + " is empty (0 bytes): replace or remove it; also"
                            + " unreadable: " + store.file(3) + ", " + store.file(1));
        }
    }

    @Test
    void manyBadPicturesAreCounted() throws Exception {
        var files = new ArrayList<Path>();
        for (var i = 0; i < 5; i++) {
            files.add(Files.createFile(folder.resolve(i + ".png")));
        }
        var plan = List.of(new int[] {0, 1, 2, 3, 4});
        try (var store = store(files);
                var pipeline = new PixelPipeline(store, FORMAT, PictureTransform.squash(16), plan, options(1, 1))) {
            assertThatThrownBy(pipeline::next)
                    .hasMessageEndingWith(
                            "also unreadable: " + files.get(1) + ", " + files.get(2) + " and at least 2 more");
        }
    }

    @Test
    void badPicturesMayBeSkipped() throws Exception {
        var plan = List.of(new int[] {1, 0, 3, 2}, new int[] {1, 3}, new int[] {2});
        try (var store = store(withBadPictures());
                var clean = store(goldenFiles());
                var pipeline = new PixelPipeline(
                        store, FORMAT, PictureTransform.squash(16), plan, new PixelPipeline.Options(2, 2, true));
                var reference = new PixelPipeline(
                        clean, FORMAT, PictureTransform.squash(16), List.of(new int[] {0, 2}), options(1, 1))) {
            var first = pipeline.next().orElseThrow();
            assertThat(first.pictures()).containsExactly(0, 2);
            assertThat(floats(first)).isEqualTo(floats(reference.next().orElseThrow()));
            assertThat(pipeline.next().orElseThrow().pictures()).isEmpty();
            assertThat(pipeline.next().orElseThrow().pictures()).containsExactly(2);
            assertThat(pipeline.next()).isEmpty();
            assertThat(pipeline.skipped())
                    .extracting(bad -> bad.file().getFileName().toString())
                    .containsExactly("empty.jpg", "text.jpg", "empty.jpg", "text.jpg");
        }
    }

    @Test
    void aPictureTooThinToBeResizedIsABadOne() throws Exception {
        var thin = folder.resolve("thin.png");
        ImageIO.write(new BufferedImage(1, 80_000, BufferedImage.TYPE_INT_RGB), "png", thin.toFile());
        var format = new PixelFormat(224, FORMAT.mean(), FORMAT.deviation());
        var plan = List.of(new int[] {0});
        try (var store = store(List.of(thin));
                var strict = new PixelPipeline(store, format, PictureTransform.shortestSide(224), plan, options(1, 1));
                var tolerant = new PixelPipeline(
                        store,
                        format,
                        PictureTransform.shortestSide(224),
                        plan,
                        new PixelPipeline.Options(1, 1, true))) {
            assertThatThrownBy(strict::next)
                    .isInstanceOf(DataSetException.class)
                    .hasMessage("The picture " + thin + " of 1x80000 pixels is too long and thin to be resized to"
                            + " 224x17920000: crop or remove it");
            assertThat(tolerant.next().orElseThrow().pictures()).isEmpty();
            assertThat(tolerant.skipped()).hasSize(1);
        }
    }

    @Test
    void anInterruptJoinsAllThreads() throws Exception {
        var plan = IntStream.range(0, 1000).mapToObj(i -> new int[] {i % 5}).toList();
        try (var store = store(goldenFiles());
                var pipeline = new PixelPipeline(store, FORMAT, PictureTransform.squash(16), plan, options(3, 4))) {
            pipeline.next();
            Thread.currentThread().interrupt();
            assertThatThrownBy(pipeline::next).isInstanceOf(InterruptedException.class);
            noThreadIsLeft();
            assertThat(Thread.interrupted()).isFalse();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 5, 20})
    void closingEarlyJoinsAllThreads(int taken) throws Exception {
        var plan = IntStream.range(0, 100)
                .mapToObj(i -> new int[] {i % 5, (i + 1) % 5})
                .toList();
        var store = store(goldenFiles());
        var pipeline = new PixelPipeline(store, FORMAT, PictureTransform.squash(16), plan, options(4, 2));
        for (var i = 0; i < taken; i++) {
            pipeline.next();
        }
        pipeline.close();
        pipeline.close();
        noThreadIsLeft();
        store.close();
        assertThat(store.heldBytes()).isZero();
    }

    @Test
    void whatATransformThrowsIsThrown() {
        try (var store = store(goldenFiles());
                var pipeline = new PixelPipeline(
                        store,
                        FORMAT,
                        (width, height, index) -> {
                            throw new IllegalArgumentException("no place");
                        },
                        List.of(new int[] {0}),
                        options(1, 1))) {
            assertThatThrownBy(pipeline::next)
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("no place");
        }
    }
}
