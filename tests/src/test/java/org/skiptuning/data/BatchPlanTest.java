package org.skiptuning.data;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BatchPlanTest {
    private static List<LabelledImage> images(int... perClass) {
        var images = new ArrayList<LabelledImage>();
        for (var label = 0; label < perClass.length; label++) {
            for (var i = 0; i < perClass[label]; i++) {
                images.add(new LabelledImage(Path.of(label + "-" + i), label));
            }
        }
        return images;
    }

    private static List<List<Integer>> plan(
            List<LabelledImage> images, int batch, boolean oneClass, long seed, int epoch) {
        return BatchPlan.epoch(images, batch, oneClass, seed, epoch).stream()
                .map(indices -> Arrays.stream(indices).boxed().toList())
                .toList();
    }

    @Test
    void plainShufflingDropsTheRemainder() {
        var plan = plan(images(5, 6), 4, false, 1, 0);
        assertThat(plan).hasSize(2).allSatisfy(batch -> assertThat(batch).hasSize(4));
        assertThat(plan.stream().flatMap(List::stream)).doesNotHaveDuplicates();
    }

    @Test
    void anOnlyBatchMayBeShort() {
        var plan = plan(images(2, 1), 4, false, 1, 0);
        assertThat(plan).hasSize(1);
        assertThat(plan.getFirst()).containsExactlyInAnyOrder(0, 1, 2);
        assertThat(plan(images(), 4, false, 1, 0)).isEmpty();
    }

    @Test
    void smallClassesAreShuffledTogether() {
        var images = images(8, 3, 2, 9);
        var plan = plan(images, 4, true, 3, 2);
        var mixed = plan.stream()
                .filter(batch -> batch.stream().anyMatch(i -> i >= 8 && i < 13))
                .toList();
        assertThat(mixed).hasSize(1);
        assertThat(mixed.getFirst()).hasSize(4).isSubsetOf(8, 9, 10, 11, 12);
        assertThat(plan).hasSize(5);
    }

    @Test
    void fewPicturesOfSmallClassesAreNotLost() {
        assertThat(plan(images(8, 1), 4, true, 3, 0)).hasSize(3).contains(List.of(8));
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12})
    void everyBatchOfALargeClassIsOfThatClass(long seed) {
        var random = new Random(seed);
        var batch = 1 + random.nextInt(6);
        var sizes = random.ints(1 + random.nextInt(9), 0, 20).toArray();
        var images = images(sizes);
        for (var epoch = 0; epoch < 3; epoch++) {
            var plan = plan(images, batch, true, seed, epoch);
            assertThat(plan.stream().flatMap(List::stream)).doesNotHaveDuplicates();
            var batches = plan.stream()
                    .map(indices -> indices.stream()
                            .map(i -> images.get(i).label())
                            .filter(label -> sizes[label] >= batch)
                            .distinct()
                            .toList())
                    .filter(labels -> !labels.isEmpty())
                    .peek(labels -> assertThat(labels).hasSize(1))
                    .collect(Collectors.groupingBy(List::getFirst, Collectors.counting()));
            for (var label = 0; label < sizes.length; label++) {
                assertThat(batches.getOrDefault(label, 0L)).isEqualTo(sizes[label] / batch);
            }
            var pooled = Arrays.stream(sizes).filter(size -> size < batch).sum();
            var mixed = plan.stream()
                    .filter(indices -> sizes[images.get(indices.getFirst()).label()] < batch)
                    .mapToInt(List::size)
                    .sum();
            assertThat(mixed).isEqualTo(pooled < batch ? pooled : pooled / batch * batch);
        }
    }

    @Test
    void aPlanIsAFunctionOfSeedAndEpoch() {
        var images = images(16, 16, 16, 16);
        assertThat(plan(images, 4, true, 1, 0)).isEqualTo(plan(images, 4, true, 1, 0));
        assertThat(plan(images, 4, true, 1, 0)).isNotEqualTo(plan(images, 4, true, 1, 1));
        assertThat(plan(images, 4, true, 1, 0)).isNotEqualTo(plan(images, 4, true, 2, 0));
    }

    @Test
    void everyPictureComesFirstAboutEquallyOften() {
        var images = images(4, 4);
        var counts = new int[8];
        for (var epoch = 0; epoch < 8000; epoch++) {
            counts[BatchPlan.epoch(images, 2, true, 1, epoch).getFirst()[0]]++;
        }
        assertThat(IntStream.of(counts).boxed())
                .allSatisfy(count -> assertThat(count).isBetween(850, 1150));
    }
}
