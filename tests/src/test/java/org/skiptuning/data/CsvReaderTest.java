package org.skiptuning.data;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CsvReaderTest {
    @Test
    void linesAreCountedThroughQuotedLineEnds() throws Exception {
        assertThat(CsvReader.read("a,\"b\r\nc\"\r\n\n\rd\n"))
                .containsExactly(new CsvReader.Row(1, List.of("a", "b\r\nc")), new CsvReader.Row(5, List.of("d")));
    }

    @Test
    void emptyCellsAreCells() throws Exception {
        assertThat(CsvReader.read(",\n\"\""))
                .containsExactly(new CsvReader.Row(1, List.of("", "")), new CsvReader.Row(2, List.of("")));
        assertThat(CsvReader.read("")).isEmpty();
    }

    /** Whatever is written by the rules is read as it was. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void writtenRowsComeBack(long seed) throws Exception {
        var random = new Random(seed);
        for (var round = 0; round < 200; round++) {
            var rows = new ArrayList<List<String>>();
            for (var row = random.nextInt(4); row >= 0; row--) {
                var cells = new ArrayList<String>();
                for (var cell = random.nextInt(4); cell >= 0; cell--) {
                    cells.add(random.ints(random.nextInt(6), 0, 7)
                            .mapToObj(i -> List.of("a", ",", "\"", "\n", "\r", " ", "\uD83D\uDC31")
                                    .get(i))
                            .collect(Collectors.joining()));
                }
                rows.add(cells);
            }
            var text = rows.stream()
                    .map(cells -> cells.stream()
                            .map(cell -> '"' + cell.replace("\"", "\"\"") + '"')
                            .collect(Collectors.joining(",")))
                    .collect(Collectors.joining(random.nextBoolean() ? "\r\n" : "\n"));
            assertThat(CsvReader.read(text)).extracting(CsvReader.Row::cells).isEqualTo(rows);
        }
    }
}
