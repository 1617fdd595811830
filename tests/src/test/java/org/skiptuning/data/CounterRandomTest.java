package org.skiptuning.data;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.HashSet;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CounterRandomTest {
    /** The known answers that Random123 ships for philox4x32-10. */
    @ParameterizedTest
    @CsvSource({
        "00000000 00000000 00000000 00000000, 00000000 00000000, 6627e8d5 e169c58d bc57ac4c 9b00dbd8",
        "ffffffff ffffffff ffffffff ffffffff, ffffffff ffffffff, 408f276d 41c83b0e a20bc7c6 6d5451fd",
        "243f6a88 85a308d3 13198a2e 03707344, a4093822 299f31d0, d16cfe09 94fdcceb 5001e420 24126ea1"
    })
    void blocksAreThoseOfRandom123(String counter, String key, String words) {
        var keys = hexadecimal(key);
        assertThat(CounterRandom.philox(hexadecimal(counter), keys[0], keys[1])).isEqualTo(hexadecimal(words));
    }

    private static int[] hexadecimal(String words) {
        return Arrays.stream(words.split(" "))
                .mapToInt(word -> Integer.parseUnsignedInt(word, 16))
                .toArray();
    }

    @Test
    void everyPartOfTheKeyCounts() {
        var first = new HashSet<Integer>();
        for (var seed : new long[] {0, 1, 1L << 32, -1}) {
            for (var purpose : Purpose.values()) {
                for (var epoch = 0; epoch < 5; epoch++) {
                    for (var index = 0; index < 5; index++) {
                        first.add(new CounterRandom(seed, purpose, epoch, index).nextInt());
                    }
                }
            }
        }
        assertThat(first).hasSize(4 * Purpose.values().length * 25);
    }

    @Test
    void numbersAreUniform() {
        var random = new CounterRandom(9, Purpose.BATCH_PLAN, 0, 0);
        var counts = new int[7];
        var sum = 0.0;
        for (var i = 0; i < 70_000; i++) {
            counts[random.nextInt(7)]++;
            var value = random.nextDouble();
            assertThat(value).isBetween(0.0, Math.nextDown(1.0));
            sum += value;
        }
        // five standard deviations
        assertThat(Arrays.stream(counts).boxed())
                .allSatisfy(count -> assertThat(count).isBetween(9_537, 10_463));
        assertThat(sum / 70_000).isBetween(0.4945, 0.5055);
    }

    @Test
    void shufflingKeepsTheElements() {
        var elements = IntStream.range(0, 100).toArray();
        new CounterRandom(1, Purpose.BATCH_PLAN, 0, 0).shuffle(elements);
        assertThat(elements).isNotEqualTo(IntStream.range(0, 100).toArray());
        assertThat(Arrays.stream(elements).sorted().toArray())
                .isEqualTo(IntStream.range(0, 100).toArray());
    }
}
