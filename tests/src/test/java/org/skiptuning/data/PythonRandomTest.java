package org.skiptuning.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;

class PythonRandomTest {
    @Test
    void bitsAreThoseOfCPython() {
        for (var row : Golden.rows("bits.csv")) {
            var random = new PythonRandom(row[0]);
            if (row[1] == -2000) {
                IntStream.range(0, 1999).forEach(i -> random.getRandBits(32));
                assertThat(random.getRandBits(32)).isEqualTo(row[2]);
                continue;
            }
            for (var i = 2; i < row.length; i++) {
                assertThat(random.getRandBits((int) row[1]))
                        .as("seed %d, draw %d", row[0], i)
                        .isEqualTo(row[i]);
            }
        }
    }

    @Test
    void samplesAreThoseOfCPython() {
        var rows = Golden.rows("samples.csv");
        assertThat(rows).hasSizeGreaterThan(2000);
        for (var row : rows) {
            var random = new PythonRandom(row[0]);
            var population = IntStream.range(0, (int) row[1]).boxed().toList();
            var drawn = new ArrayList<>(random.sample(population, (int) row[2]));
            drawn.addAll(random.sample(population, (int) row[2]));
            assertThat(checksum(drawn))
                    .as("seed %d, %d of %d", row[0], row[2], row[1])
                    .isEqualTo(row[3]);
        }
    }

    private static long checksum(List<Integer> numbers) {
        var text = numbers.stream().map(String::valueOf).collect(Collectors.joining(","));
        var checksum = new CRC32();
        checksum.update(text.getBytes(StandardCharsets.US_ASCII));
        return checksum.getValue();
    }

    @Test
    void rejectsSamplesThatCannotBeDrawn() {
        var random = new PythonRandom(1);
        assertThatIllegalArgumentException().isThrownBy(() -> random.sample(List.of(1, 2), 3));
        assertThatIllegalArgumentException().isThrownBy(() -> random.sample(List.of(1, 2), -1));
        assertThatIllegalArgumentException().isThrownBy(() -> random.randBelow(0));
        assertThatIllegalArgumentException().isThrownBy(() -> random.getRandBits(33));
    }
}
