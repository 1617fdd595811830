package org.skiptuning.benchmark.report;

import java.util.List;
import java.util.stream.Collectors;

/**
 * Text in rows and columns; the first column names the rows.
 *
 * @param rows each as long as the headings
 */
public record Table(List<String> headings, List<Row> rows) {
    /**
     * A line.
     *
     * @param emphasis how it stands out
     */
    public record Row(List<String> cells, Emphasis emphasis) {
        public Row {
            cells = List.copyOf(cells);
        }
    }

    /** What a row is to the reader. */
    public enum Emphasis {
        NONE,
        /** What all others are compared with. */
        REFERENCE,
        /** Skip Tuning. */
        OURS,
        /** A figure that others published. */
        PUBLISHED
    }

    public Table {
        headings = List.copyOf(headings);
        rows = List.copyOf(rows);
        for (var row : rows) {
            if (row.cells().size() != headings.size()) {
                throw new IllegalArgumentException(
                        "a row of " + row.cells().size() + " cells below " + headings.size() + " headings");
            }
        }
    }

    String markdown() {
        return line(headings)
                + "|---".repeat(headings.size()) + "|\n"
                + rows.stream().map(row -> line(row.cells())).collect(Collectors.joining());
    }

    private static String line(List<String> cells) {
        return cells.stream().map(cell -> "| " + cell.replace("|", "\\|") + " ").collect(Collectors.joining()) + "|\n";
    }
}
