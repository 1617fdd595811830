package org.skiptuning.data;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeSet;
import org.skiptuning.DataSetException;
import org.skiptuning.files.CodePointOrder;

/**
 * A CSV or JSONL file with a picture a line: path, class, split, and optionally a label that tells classes of one name
 * apart. Paths are relative to the file's folder.
 */
final class ImageTable {
    enum Part {
        TRAIN,
        VALIDATION,
        TEST
    }

    /**
     * One line of the file.
     *
     * @param label empty: classes are labelled in the order of their names by code point
     */
    record Entry(int line, String path, String className, String part, OptionalInt label) {}

    private final Path file;
    private final Path folder;

    private ImageTable(Path file) {
        this.file = file;
        this.folder = Optional.ofNullable(file.toAbsolutePath().getParent()).orElse(file);
    }

    static DataSet read(Path file) {
        if (!Files.isRegularFile(file)) {
            throw new DataSetException("The table " + file + (Files.exists(file) ? " is not a file" : " does not exist")
                    + ": name a CSV or JSONL file with lines of path,class,split");
        }
        var table = new ImageTable(file);
        var name = file.getFileName().toString();
        var isJson = name.toLowerCase(Locale.ROOT).endsWith(".jsonl");
        var text = table.text();
        return table.dataSet(isJson ? new JsonLines(file).entries(text) : new CsvEntries(file).entries(text));
    }

    private String text() {
        try {
            return Files.readString(file);
        } catch (CharacterCodingException failure) {
            throw new DataSetException(file + " is not UTF-8 text: save it as UTF-8", failure);
        } catch (IOException | OutOfMemoryError failure) {
            throw new DataSetException(
                    "The table " + file + " cannot be read (" + failure + "): check its path and permissions", failure);
        }
    }

    private DataSet dataSet(List<Entry> entries) {
        if (entries.isEmpty()) {
            throw new DataSetException(file + " names no pictures: give it lines of path,class,split");
        }
        var labelled = entries.getFirst().label().isPresent();
        var names = labelled ? namesByLabel(entries) : namesInOrder(entries);
        Map<String, Integer> labels = new HashMap<>();
        for (var label = 0; label < names.size(); label++) {
            labels.put(names.get(label), label);
        }
        var train = new ArrayList<LabelledImage>();
        var validation = new ArrayList<LabelledImage>();
        var test = new ArrayList<LabelledImage>();
        for (var entry : entries) {
            var label = entry.label().orElseGet(() -> labels.getOrDefault(entry.className(), -1));
            var part = switch (part(entry)) {
                case TRAIN -> train;
                case VALIDATION -> validation;
                case TEST -> test;
            };
            part.add(new LabelledImage(picture(entry), label));
        }
        var name = file.getFileName().toString();
        var dot = name.lastIndexOf('.');
        return new DataSet(dot > 0 ? name.substring(0, dot) : name, names, train, validation, test, "");
    }

    private List<String> namesInOrder(List<Entry> entries) {
        var names = new TreeSet<String>(CodePointOrder.INSTANCE);
        for (var entry : entries) {
            if (entry.label().isPresent()) {
                throw error(
                        file, entry.line(), "gives a label, but the lines before don't: give all of them one, or none");
            }
            names.add(entry.className());
        }
        return List.copyOf(names);
    }

    private List<String> namesByLabel(List<Entry> entries) {
        var names = new HashMap<Integer, String>();
        for (var entry : entries) {
            if (entry.label().isEmpty()) {
                throw error(
                        file, entry.line(), "gives no label, but the lines before do: give all of them one, or none");
            }
            int label = entry.label().getAsInt();
            if (label < 0 || label >= entries.size()) {
                throw error(file, entry.line(), "gives the label " + label + ": labels count the classes from 0");
            }
            var known = names.putIfAbsent(label, entry.className());
            if (known != null && !known.equals(entry.className())) {
                throw error(
                        file,
                        entry.line(),
                        "gives label " + label + " the class " + entry.className() + ", but it was " + known
                                + " before: one label, one class");
            }
        }
        var ordered = new ArrayList<String>();
        for (var label = 0; label < names.size(); label++) {
            var name = names.get(label);
            if (name == null) {
                throw new DataSetException(file + " has no picture with label " + label
                        + ", but higher ones: labels count the classes from 0 without gaps");
            }
            ordered.add(name);
        }
        return ordered;
    }

    private Part part(Entry entry) {
        return switch (entry.part().strip().toLowerCase(Locale.ROOT)) {
            case "train" -> Part.TRAIN;
            case "val", "valid", "validation" -> Part.VALIDATION;
            case "test" -> Part.TEST;
            default ->
                throw error(file, entry.line(), "gives the split \"" + entry.part() + "\": use train, val or test");
        };
    }

    private Path picture(Entry entry) {
        return resolve(entry)
                .filter(Files::exists)
                .orElseThrow(() -> error(
                        file,
                        entry.line(),
                        "names the picture " + entry.path() + ", which does not exist in " + folder
                                + ": paths are relative to the table's folder"));
    }

    private Optional<Path> resolve(Entry entry) {
        try {
            return Optional.of(folder.resolve(entry.path()));
        } catch (InvalidPathException invalid) {
            return Optional.empty();
        }
    }

    static DataSetException error(Path file, int line, String what) {
        return new DataSetException(file + ", line " + line + ": " + what);
    }
}
