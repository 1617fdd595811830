package org.skiptuning.data.published;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.skiptuning.DataSetException;
import org.skiptuning.files.Folders;

/** Text files with an entry a line. */
final class TextLists {
    private TextLists() {}

    /** A line's first word and the rest. */
    record Line(String first, String rest) {}

    /** Without blanks around them; empty ones are left out. */
    static List<String> lines(Path file) {
        try {
            return Files.readString(file)
                    .lines()
                    .map(String::strip)
                    .filter(line -> !line.isEmpty())
                    .toList();
        } catch (IOException failure) {
            throw new DataSetException(
                    file + " cannot be read (" + Folders.reason(failure) + "): fetch it again", failure);
        }
    }

    /** Lines of two entries with a space between. */
    static List<Line> pairs(Path file) {
        return lines(file).stream().map(line -> pair(file, line)).toList();
    }

    private static Line pair(Path file, String line) {
        var space = line.indexOf(' ');
        if (space < 0) {
            throw new DataSetException(file + " has the line \"" + line
                    + "\" where two entries with a space between are needed: fetch it again");
        }
        return new Line(line.substring(0, space), line.substring(space + 1).strip());
    }

    /** {@code n01440764 tench} a line: from folder to class name. Two folders may have one name. */
    static Map<String, String> classNames(Path file) {
        var names = new LinkedHashMap<String, String>();
        for (var line : pairs(file)) {
            if (names.put(line.first(), line.rest()) != null) {
                throw twice(file, line.first());
            }
        }
        return names;
    }

    /** A class a line, whose label is the line's number from 0. */
    static Map<String, Integer> labels(Path file) {
        var labels = new LinkedHashMap<String, Integer>();
        for (var line : lines(file)) {
            if (labels.put(line, labels.size()) != null) {
                throw twice(file, line);
            }
        }
        return labels;
    }

    static DataSetException twice(Path file, String entry) {
        return new DataSetException(file + " has \"" + entry + "\" twice: fetch it again");
    }

    /** A whole number from 1 as an index from 0. */
    static int label(Path file, String text, int count) {
        try {
            var label = Integer.parseInt(text) - 1;
            if (label >= 0 && label < count) {
                return label;
            }
        } catch (NumberFormatException odd) {
            // told below
        }
        throw new DataSetException(
                file + " gives the class number " + text + ", but they go from 1 to " + count + ": fetch it again");
    }
}
