package org.skiptuning.data.published;

import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/**
 * Reads MATLAB files of version 5 (MathWorks, "MAT-File Format"): arrays of numbers, text, cells and records.
 *
 * <p>What a file claims of sizes is held against the bytes that it has, before room is made for it.
 */
final class MatlabReader {
    private static final int HEADER = 128;
    private static final int VERSION_AT = 124;
    private static final int VERSION = 0x0100;
    private static final int MARK = 'M' << 8 | 'I';
    private static final int TAG = 8;
    private static final int MOST_INFLATED = 16 << 20;
    private static final int DEEPEST = 8;

    /** Types of elements. */
    private static final int INT8 = 1;

    private static final int UINT8 = 2;
    private static final int INT16 = 3;
    private static final int UINT16 = 4;
    private static final int INT32 = 5;
    private static final int UINT32 = 6;
    private static final int SINGLE = 7;
    private static final int DOUBLE = 9;
    private static final int INT64 = 12;
    private static final int UINT64 = 13;
    private static final int MATRIX = 14;
    private static final int COMPRESSED = 15;
    private static final int UTF8 = 16;
    private static final int UTF16 = 17;
    private static final int UTF32 = 18;

    /** Classes of arrays; those of numbers lie between the first and the last. */
    private static final int CELL_CLASS = 1;

    private static final int STRUCT_CLASS = 2;
    private static final int CHAR_CLASS = 4;
    private static final int FIRST_NUMBER_CLASS = 6;
    private static final int LAST_NUMBER_CLASS = 15;

    private record Element(int type, ByteBuffer data) {}

    private record Named(String name, MatlabArray value) {}

    private int inflated;

    private MatlabReader() {}

    /**
     * The variables by name.
     *
     * @throws IOException if the bytes are no such file
     */
    static Map<String, MatlabArray> read(byte[] file) throws IOException {
        try {
            return new MatlabReader().variables(ByteBuffer.wrap(file));
        } catch (BufferUnderflowException | IndexOutOfBoundsException cut) {
            throw new IOException("it ends before its last value does", cut);
        }
    }

    private Map<String, MatlabArray> variables(ByteBuffer file) throws IOException {
        var mark = file.getShort(VERSION_AT + 2);
        file.order(mark == MARK ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN);
        if (file.getShort(VERSION_AT + 2) != MARK || file.getShort(VERSION_AT) != VERSION) {
            throw new IOException("it is not of version 5");
        }
        file.position(HEADER);
        var variables = new LinkedHashMap<String, MatlabArray>();
        while (file.remaining() >= TAG) {
            var element = next(file);
            if (element.type() == COMPRESSED) {
                element = next(inflate(element.data()));
            }
            if (element.type() == MATRIX) {
                var variable = array(element.data(), 0);
                variables.put(variable.name(), variable.value());
            }
        }
        return variables;
    }

    /** The next element, whose bytes are a view; the position goes behind it. */
    private static Element next(ByteBuffer from) throws IOException {
        var type = from.getInt();
        var bytes = type >>> 16;
        Element element;
        if (bytes != 0) { // small: type and size in one, the data in the tag's other half
            if (bytes > TAG / 2 || from.remaining() < TAG / 2) {
                throw new IOException("it ends before its last value does");
            }
            element = new Element(type & 0xFFFF, slice(from, bytes));
            from.position(from.position() + 4);
            return element;
        }
        bytes = from.getInt();
        element = new Element(type, slice(from, bytes));
        var padding = type == COMPRESSED ? 0 : -bytes & TAG - 1;
        from.position(Math.min(from.limit(), from.position() + bytes + padding));
        return element;
    }

    private static ByteBuffer slice(ByteBuffer from, int bytes) throws IOException {
        if (bytes < 0 || bytes > from.remaining()) {
            throw new IOException("it ends before its last value does");
        }
        return from.slice(from.position(), bytes).order(from.order());
    }

    private ByteBuffer inflate(ByteBuffer compressed) throws IOException {
        var room = new byte[Math.min(MOST_INFLATED, Math.max(1 << 12, compressed.remaining() * 4))];
        var length = 0;
        try (var inflater = new Inflater()) {
            inflater.setInput(compressed.duplicate());
            while (!inflater.finished()) {
                if (length == room.length) {
                    room = Arrays.copyOf(room, 2 * length);
                }
                var more = inflater.inflate(room, length, room.length - length);
                length += more;
                inflated += more;
                if (inflated > MOST_INFLATED || (more == 0 && !inflater.finished())) {
                    throw new IOException("what it has compressed is cut short, or far too large");
                }
            }
        } catch (DataFormatException damaged) {
            throw new IOException("what it has compressed is damaged", damaged);
        }
        return ByteBuffer.wrap(room, 0, length).slice().order(compressed.order());
    }

    private Named array(ByteBuffer data, int depth) throws IOException {
        if (depth > DEEPEST) {
            throw new IOException("its values are nested too deep");
        }
        if (!data.hasRemaining()) {
            return new Named("", new MatlabArray.Numbers(List.of())); // an empty matrix
        }
        var arrayClass = next(data).data().getInt() & 0xFF;
        var count = 1L;
        for (var dimension : numbers(next(data))) {
            count = Math.min(Integer.MAX_VALUE, count * Math.max(0, dimension.longValue()));
        }
        var name = text(next(data));
        return new Named(name, value(arrayClass, count, data, depth));
    }

    private MatlabArray value(int arrayClass, long count, ByteBuffer data, int depth) throws IOException {
        return switch (arrayClass) {
            case CELL_CLASS -> new MatlabArray.Cells(arrays(count, data, depth));
            case STRUCT_CLASS -> records(count, data, depth);
            case CHAR_CLASS -> new MatlabArray.Text(data.hasRemaining() ? text(next(data)) : "");
            default -> {
                if (arrayClass < FIRST_NUMBER_CLASS || arrayClass > LAST_NUMBER_CLASS) {
                    yield new MatlabArray.Other();
                }
                yield new MatlabArray.Numbers(data.hasRemaining() ? numbers(next(data)) : List.of());
            }
        };
    }

    private MatlabArray records(long count, ByteBuffer data, int depth) throws IOException {
        var widths = numbers(next(data));
        var width = widths.isEmpty() ? 0 : widths.getFirst().intValue();
        var names = next(data).data();
        if (width < 1) {
            throw new IOException("its records have fields without names");
        }
        var fields = new ArrayList<String>();
        while (names.hasRemaining()) {
            fields.add(upToNul(slice(names, width), StandardCharsets.US_ASCII));
            names.position(names.position() + width);
        }
        if (fields.isEmpty()) {
            throw new IOException("its records have no fields");
        }
        var records = new ArrayList<List<MatlabArray>>();
        for (var i = 0L; i < count; i++) {
            records.add(arrays(fields.size(), data, depth));
        }
        return new MatlabArray.Records(fields, records);
    }

    private List<MatlabArray> arrays(long count, ByteBuffer data, int depth) throws IOException {
        var arrays = new ArrayList<MatlabArray>();
        for (var i = 0L; i < count; i++) {
            var element = next(data);
            if (element.type() != MATRIX) {
                throw new IOException("it has a value that is no array");
            }
            arrays.add(array(element.data(), depth + 1).value());
        }
        return List.copyOf(arrays);
    }

    private static String text(Element element) throws IOException {
        var data = element.data();
        var little = data.order() == ByteOrder.LITTLE_ENDIAN;
        return switch (element.type()) {
            case INT8, UINT8 -> upToNul(data, StandardCharsets.ISO_8859_1);
            case UTF8 -> upToNul(data, StandardCharsets.UTF_8);
            case UINT16, UTF16 -> upToNul(data, little ? StandardCharsets.UTF_16LE : StandardCharsets.UTF_16BE);
            case UTF32 -> upToNul(data, little ? StandardCharsets.UTF_32LE : StandardCharsets.UTF_32BE);
            default -> throw new IOException("it has text of an unknown kind");
        };
    }

    private static String upToNul(ByteBuffer data, Charset charset) {
        var text = charset.decode(data.duplicate()).toString();
        var nul = text.indexOf('\0');
        return nul < 0 ? text : text.substring(0, nul);
    }

    private static List<Double> numbers(Element element) throws IOException {
        return switch (element.type()) {
            case INT8 -> numbers(element, data -> (double) data.get());
            case UINT8 -> numbers(element, data -> (double) (data.get() & 0xFF));
            case INT16 -> numbers(element, data -> (double) data.getShort());
            case UINT16 -> numbers(element, data -> (double) data.getChar());
            case INT32 -> numbers(element, data -> (double) data.getInt());
            case UINT32 -> numbers(element, data -> (double) (data.getInt() & 0xFFFF_FFFFL));
            case INT64, UINT64 -> numbers(element, data -> (double) data.getLong());
            case SINGLE -> numbers(element, data -> (double) data.getFloat());
            case DOUBLE -> numbers(element, ByteBuffer::getDouble);
            default -> throw new IOException("it has numbers of an unknown kind");
        };
    }

    private static List<Double> numbers(Element element, Function<ByteBuffer, Double> next) {
        var numbers = new ArrayList<Double>();
        while (element.data().hasRemaining()) {
            numbers.add(next.apply(element.data()));
        }
        return numbers;
    }
}
