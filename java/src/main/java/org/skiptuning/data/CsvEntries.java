package org.skiptuning.data;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalInt;

/** The lines of a CSV table; a first line with the names {@code path} and {@code class} orders the columns. */
final class CsvEntries {
    private static final List<String> COLUMNS = List.of("path", "class", "split", "label");
    private static final int REQUIRED = 3;

    private final Path file;

    CsvEntries(Path file) {
        this.file = file;
    }

    List<ImageTable.Entry> entries(String text) {
        var rows = rows(text);
        if (rows.isEmpty()) {
            return List.of();
        }
        var header = isHeader(rows.getFirst());
        var columns = header ? columns(rows.getFirst()) : COLUMNS;
        var entries = new ArrayList<ImageTable.Entry>();
        for (var row : header ? rows.subList(1, rows.size()) : rows) {
            entries.add(entry(row, columns));
        }
        return entries;
    }

    private List<CsvReader.Row> rows(String text) {
        try {
            return CsvReader.read(text);
        } catch (CsvReader.SyntaxException broken) {
            throw ImageTable.error(
                    file, broken.line(), "has " + broken.getMessage() + ": quote cells as RFC 4180 has it");
        }
    }

    private static boolean isHeader(CsvReader.Row row) {
        var names = row.cells().stream().map(CsvEntries::column).toList();
        return names.contains("path") && names.contains("class");
    }

    private List<String> columns(CsvReader.Row row) {
        var names = row.cells().stream().map(CsvEntries::column).toList();
        if (!names.containsAll(COLUMNS.subList(0, REQUIRED))) {
            throw ImageTable.error(
                    file, row.line(), "is a header without split: the columns path, class, split are needed");
        }
        return names;
    }

    private static String column(String cell) {
        return cell.strip().toLowerCase(Locale.ROOT);
    }

    private ImageTable.Entry entry(CsvReader.Row row, List<String> columns) {
        var cells = row.cells();
        var wanted =
                columns.equals(COLUMNS) ? Math.min(Math.max(cells.size(), REQUIRED), COLUMNS.size()) : columns.size();
        if (cells.size() != wanted) {
            throw ImageTable.error(
                    file,
                    row.line(),
                    "has " + cells.size() + " cells instead of " + wanted + ": path,class,split are needed");
        }
        var labelColumn = columns.indexOf("label");
        var label = labelColumn >= 0 && labelColumn < cells.size()
                ? OptionalInt.of(label(row, cells.get(labelColumn)))
                : OptionalInt.empty();
        return new ImageTable.Entry(
                row.line(),
                required(row, columns, "path"),
                required(row, columns, "class"),
                required(row, columns, "split"),
                label);
    }

    private String required(CsvReader.Row row, List<String> columns, String column) {
        var cell = row.cells().get(columns.indexOf(column));
        if (cell.isBlank()) {
            throw ImageTable.error(file, row.line(), "has an empty " + column + ": path,class,split are needed");
        }
        return cell;
    }

    private int label(CsvReader.Row row, String cell) {
        try {
            return Integer.parseInt(cell.strip());
        } catch (NumberFormatException malformed) {
            throw ImageTable.error(file, row.line(), "gives the label \"" + cell + "\": a whole number is needed");
        }
    }
}
