package org.skiptuning.data.published;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.skiptuning.DataSetException;
import org.skiptuning.data.published.MatlabArray.Cells;
import org.skiptuning.data.published.MatlabArray.Numbers;
import org.skiptuning.data.published.MatlabArray.Records;
import org.skiptuning.data.published.MatlabArray.Text;
import org.skiptuning.files.Folders;

/** Annotations in a MATLAB file, as texts. */
final class MatlabFile {
    /** Four times what the largest of these files has. */
    private static final long MOST_BYTES = 16 << 20;

    private MatlabFile() {}

    /** A variable's texts: a cell array. */
    static List<String> texts(Path file, String variable) {
        var cells = variable(file, variable, Cells.class);
        return cells.values().stream().map(value -> text(file, value)).toList();
    }

    /** A variable's numbers. */
    static List<String> numbers(Path file, String variable) {
        return variable(file, variable, Numbers.class).values().stream()
                .map(MatlabFile::text)
                .toList();
    }

    /** The fields of an array of records, one list a record. */
    static List<List<String>> records(Path file, String variable, String... fields) {
        var records = variable(file, variable, Records.class);
        var places = new ArrayList<Integer>();
        for (var field : fields) {
            places.add(records.fields().indexOf(field));
            if (places.contains(-1)) {
                throw new DataSetException("The MATLAB file " + file + " has " + variable + " without the field "
                        + field + ": fetch it again");
            }
        }
        return records.values().stream()
                .map(record -> places.stream()
                        .map(place -> text(file, record.get(place)))
                        .toList())
                .toList();
    }

    private static <A extends MatlabArray> A variable(Path file, String variable, Class<A> type) {
        try {
            if (Files.size(file) > MOST_BYTES) {
                throw new IOException("it has more bytes than any such annotations");
            }
            var value = MatlabReader.read(Files.readAllBytes(file)).get(variable);
            if (type.isInstance(value)) {
                return type.cast(value);
            }
        } catch (IOException failure) {
            throw new DataSetException(
                    "The MATLAB file " + file + " cannot be read (" + Folders.reason(failure) + "): fetch it again",
                    failure);
        }
        throw new DataSetException(
                "The MATLAB file " + file + " has no variable " + variable + " of the expected kind: fetch it again");
    }

    private static String text(Path file, MatlabArray value) {
        return switch (value) {
            case Text text -> text.text();
            case Numbers(var numbers) when !numbers.isEmpty() -> text(numbers.getFirst());
            default ->
                throw new DataSetException("The MATLAB file " + file
                        + " has a value that is neither text nor number where one is needed: fetch it again");
        };
    }

    private static String text(double number) {
        return number == Math.rint(number) ? Long.toString((long) number) : Double.toString(number);
    }
}
