package org.skiptuning.data;

import java.util.ArrayList;
import java.util.List;

/**
 * Comma-separated values as RFC 4180 has them: quoted cells may hold commas, line ends and doubled quotes. Lines end in
 * CR LF, LF or CR; empty lines count but give no record.
 */
final class CsvReader {
    /**
     * @param line where the record begins, from 1
     * @param cells at least one
     */
    record Row(int line, List<String> cells) {}

    /** The text breaks the format's rules. */
    static final class SyntaxException extends Exception {
        private static final long serialVersionUID = 1L;

        private final int line;

        SyntaxException(int line, String message) {
            super(message);
            this.line = line;
        }

        int line() {
            return line;
        }
    }

    private final String text;
    private int at;
    private int line = 1;

    private CsvReader(String text) {
        this.text = text;
        at = text.startsWith("\uFEFF") ? 1 : 0; // byte order mark
    }

    static List<Row> read(String text) throws SyntaxException {
        var reader = new CsvReader(text);
        var rows = new ArrayList<Row>();
        while (reader.at < text.length()) {
            if (!reader.skipLineEnd()) {
                rows.add(reader.row());
            }
        }
        return rows;
    }

    private Row row() throws SyntaxException {
        var first = line;
        var cells = new ArrayList<String>();
        cells.add(cell());
        while (at < text.length() && text.charAt(at) == ',') {
            at++;
            cells.add(cell());
        }
        skipLineEnd();
        return new Row(first, List.copyOf(cells));
    }

    private String cell() throws SyntaxException {
        return at < text.length() && text.charAt(at) == '"' ? quotedCell() : plainCell();
    }

    private String plainCell() throws SyntaxException {
        var start = at;
        while (at < text.length() && !isEnd(text.charAt(at))) {
            if (text.charAt(at) == '"') {
                throw new SyntaxException(line, "a quote inside a cell that does not begin with one");
            }
            at++;
        }
        return text.substring(start, at);
    }

    private String quotedCell() throws SyntaxException {
        var opened = line;
        var cell = new StringBuilder();
        at++;
        while (at < text.length()) {
            var next = text.charAt(at);
            if (next == '"') {
                at++;
                if (at == text.length() || isEnd(text.charAt(at))) {
                    return cell.toString();
                }
                if (text.charAt(at) != '"') {
                    throw new SyntaxException(line, "text after the closing quote of a cell");
                }
                cell.append('"');
                at++;
            } else {
                var start = at;
                if (!skipLineEnd()) {
                    at++;
                }
                cell.append(text, start, at);
            }
        }
        throw new SyntaxException(opened, "a quoted cell that is never closed");
    }

    private static boolean isEnd(char next) {
        return next == ',' || next == '\n' || next == '\r';
    }

    private boolean skipLineEnd() {
        if (at == text.length() || text.charAt(at) != '\n' && text.charAt(at) != '\r') {
            return false;
        }
        at += text.startsWith("\r\n", at) ? 2 : 1;
        line++;
        return true;
    }
}
