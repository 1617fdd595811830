package org.skiptuning.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.skiptuning.DataSetException;

@Timeout(60)
class PictureStoreTest {
    private static final int BYTES = 3 * 10 * 10;

    @TempDir
    private Path folder;

    private final List<Path> files = new ArrayList<>();

    @BeforeEach
    void pictures() throws IOException {
        for (var i = 0; i < 6; i++) {
            var image = new BufferedImage(10, 10, BufferedImage.TYPE_INT_RGB);
            image.setRGB(0, 0, i);
            var file = folder.resolve(i + ".png");
            ImageIO.write(image, "png", file.toFile());
            files.add(file);
        }
    }

    private PictureStore store(long budget) {
        return new PictureStore(files, DecodeOptions.DEFAULT, budget);
    }

    private static void use(PictureStore store, int... indices) throws InterruptedException {
        for (var index : indices) {
            try (var lease = store.acquire(index)) {
                assertThat(lease.picture().rgb().getByte(2)).isEqualTo((byte) index);
            }
        }
    }

    @Test
    void withinTheBudgetAPictureIsDecodedOnce() throws Exception {
        try (var store = store(6 * BYTES)) {
            use(store, 0, 1, 2, 3, 4, 5);
            assertThat(store.heldBytes()).isEqualTo(6 * BYTES);
            for (var file : files) {
                Files.delete(file);
            }
            use(store, 5, 4, 3, 2, 1, 0);
        }
    }

    @Test
    void beyondTheBudgetTheLeastRecentlyUsedGoes() throws Exception {
        try (var store = store(2 * BYTES)) {
            use(store, 0, 1, 0, 2);
            assertThat(store.heldBytes()).isEqualTo(2 * BYTES);
            Files.delete(files.get(0));
            Files.delete(files.get(1));
            use(store, 0);
            assertThatThrownBy(() -> use(store, 1)).isInstanceOf(DataSetException.class);
        }
    }

    @Test
    void aPictureInUseStays() throws Exception {
        try (var store = store(0)) {
            var lease = store.acquire(0);
            use(store, 1, 2);
            assertThat(lease.picture().rgb().getByte(2)).isZero();
            store.close();
            assertThat(lease.picture().rgb().getByte(2)).isZero();
            lease.close();
            lease.close();
            assertThat(store.heldBytes()).isZero();
            assertThatThrownBy(() -> lease.picture().rgb().getByte(2)).isInstanceOf(IllegalStateException.class);
            assertThatThrownBy(() -> store.acquire(1)).isInstanceOf(IllegalStateException.class);
        }
    }

    @Test
    void manyThreadsShareOnePicture() throws Exception {
        try (var store = store(3 * BYTES);
                var executor = Executors.newFixedThreadPool(8)) {
            var start = new CountDownLatch(1);
            var tasks = new ArrayList<Future<?>>();
            for (var thread = 0; thread < 8; thread++) {
                var first = thread;
                tasks.add(executor.submit(() -> {
                    start.await();
                    for (var i = 0; i < 200; i++) {
                        use(store, (first + i) % 6, i % 6);
                    }
                    return null;
                }));
            }
            start.countDown();
            for (var task : tasks) {
                task.get();
            }
            assertThat(store.heldBytes()).isLessThanOrEqualTo(3 * BYTES);
        }
    }
}
