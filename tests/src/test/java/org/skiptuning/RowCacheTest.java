package org.skiptuning;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.skiptuning.data.DataSet;
import org.skiptuning.data.LabelledImage;

class RowCacheTest {
    private static final CacheRoom ROOM = room(100, 0, 4);

    private static CacheRoom room(long memory, long disk, long window) {
        return new CacheRoom(Path.of("unused"), memory, disk, window);
    }

    private final List<String> fills = new ArrayList<>();
    private final int[] held = new int[100];

    private final RowCache.Filler filler = (view, firstRow, pictures) -> {
        fills.add(view + ":" + Arrays.toString(pictures));
        System.arraycopy(pictures, 0, held, (int) firstRow, pictures.length);
    };

    private static TrainingData data(PictureAugmentation augmentation) {
        return data(augmentation, 0);
    }

    private static TrainingData data(PictureAugmentation augmentation, int views) {
        var images = IntStream.range(0, 10)
                .mapToObj(i -> new LabelledImage(Path.of(i + ".png"), 0))
                .toList();
        var settings = SkipTuning.builder()
                .batchSize(2)
                .augmentation(augmentation)
                .views(views)
                .settings();
        return new TrainingData(
                settings,
                new DataSet("ten", List.of("one"), images, List.of(), List.of(), ""),
                true,
                5,
                5L * settings.epochs());
    }

    private void requireRightRows(RowCache cache, int epoch, int step, List<int[]> batches) {
        var rows = cache.rows(epoch, step, batches, filler);
        var pictures = Arrays.stream(rows).mapToInt(row -> held[(int) row]).toArray();
        assertThat(pictures).isEqualTo(batches.get(step));
        assertThat(Arrays.stream(rows)).allMatch(row -> row < cache.rows());
    }

    @Test
    void picturesThatStayTheSameAreFilledOnce() {
        var data = data(PictureAugmentation.NONE);
        var cache = new RowCache(data, 1, ROOM);

        for (var epoch = 0; epoch < 2; epoch++) {
            for (var step = 0; step < 5; step++) {
                requireRightRows(cache, epoch, step, data.batches(epoch));
            }
        }

        assertThat(cache.rows()).isEqualTo(10);
        assertThat(fills).hasSize(1);
    }

    @Test
    void augmentedPicturesAreFilledWindowByWindow() {
        var data = data(PictureAugmentation.CROP_FLIP);
        var cache = new RowCache(data, 1, ROOM);

        for (var epoch = 0; epoch < 2; epoch++) {
            for (var step = 0; step < 5; step++) {
                requireRightRows(cache, epoch, step, data.batches(epoch));
            }
        }

        assertThat(cache.rows()).isEqualTo(4);
        assertThat(fills).hasSize(6);
    }

    @Test
    void aResumedRunFillsTheWholeWindowAgain() {
        var data = data(PictureAugmentation.CROP_FLIP);
        var whole = new RowCache(data, 1, ROOM);
        IntStream.range(0, 4).forEach(step -> whole.rows(0, step, data.batches(0), filler));
        var uninterrupted = List.copyOf(fills);

        var resumed = new RowCache(data, 1, ROOM);
        requireRightRows(resumed, 0, 3, data.batches(0));

        assertThat(fills.getLast()).isEqualTo(uninterrupted.getLast());
    }

    @Test
    void picturesThatDoNotFitTogetherAreFilledByWindowsToo() {
        var data = data(PictureAugmentation.NONE);
        var cache = new RowCache(data, 50, room(100, 0, 100));

        for (var step = 0; step < 5; step++) {
            requireRightRows(cache, 0, step, data.batches(0));
        }

        assertThat(cache.rows()).isEqualTo(2);
        assertThat(fills).hasSize(5);
    }

    @Test
    void viewsAreFilledOnceAndTakenInTurns() {
        var data = data(PictureAugmentation.CROP_FLIP, 2);
        var cache = new RowCache(data, 1, ROOM);

        for (var epoch = 0; epoch < 5; epoch++) {
            for (var step = 0; step < 5; step++) {
                requireRightRows(cache, epoch, step, data.batches(epoch));
                assertThat(cache.rows(epoch, step, data.batches(epoch), filler)[0] / 10)
                        .isEqualTo(epoch % 2);
            }
        }

        assertThat(cache.rows()).isEqualTo(20);
        assertThat(fills).hasSize(2).element(0).asString().startsWith("0:");
        assertThat(fills.getLast()).startsWith("1:");
    }

    @Test
    void whatMemoryCannotHoldLiesInAFileWhereTheDiskCan() {
        var data = data(PictureAugmentation.CROP_FLIP, 2);

        assertThat(new RowCache(data, 5, room(100, 0, 10)).inFile()).isFalse();
        var spilled = new RowCache(data, 5, room(99, 100, 10));
        assertThat(spilled.inFile()).isTrue();
        assertThat(spilled.lacksRoom()).isFalse();
        assertThat(spilled.rows()).isEqualTo(20);
        requireRightRows(spilled, 1, 3, data.batches(1));
        var nowhere = new RowCache(data, 5, room(99, 99, 10));
        assertThat(nowhere.inFile()).isFalse();
        assertThat(nowhere.lacksRoom()).isTrue();
        assertThat(nowhere.rows()).isEqualTo(2);
    }

    @Test
    void picturesDrawnAfreshNeedNoRoomForAll() {
        var cache = new RowCache(data(PictureAugmentation.CROP_FLIP), 5, room(0, 1 << 20, 10));

        assertThat(cache.inFile()).isFalse();
        assertThat(cache.lacksRoom()).isFalse();
    }

    @Test
    void viewsThatNoEpochTakesNeedNoRoom() {
        var epochs = SkipTuning.builder().settings().epochs();

        assertThat(new RowCache(data(PictureAugmentation.CROP_FLIP, 1000), 1, room(1 << 20, 0, 4)).rows())
                .isEqualTo(10L * epochs);
    }

    @Test
    void viewsWithoutRoomAreTheSameViews() {
        var data = data(PictureAugmentation.CROP_FLIP, 2);
        var cache = new RowCache(data, 50, room(100, 0, 100));

        for (var epoch = 0; epoch < 4; epoch++) {
            requireRightRows(cache, epoch, 0, data.batches(epoch));
        }

        assertThat(fills).extracting(fill -> fill.substring(0, 2)).containsExactly("0:", "1:", "0:", "1:");
    }
}
