package org.skiptuning.checkpoint;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.skiptuning.CheckpointException;

/**
 * Reads the part of Python's pickle format (protocols 2 to 5) that tensors are saved in. It cannot execute anything:
 * names are looked up in the list of a {@link PickleHost}, and what a name means is decided there.
 *
 * <p>Each operation makes at most one value, operations and copied entries are counted, and texts and numbers are as long
 * as their bytes, so memory and time are bounded by the size of the pickle.
 */
final class PickleMachine {
    /** Some 50,000 are needed for the largest CLIP. */
    private static final int MAX_OPERATIONS = 2_000_000;

    private final ByteBuffer input;
    private final PickleHost host;
    private final String source;
    private final List<PickleValue> stack = new ArrayList<>();
    private final List<Integer> marks = new ArrayList<>();
    private final Map<Integer, PickleValue> memo = new HashMap<>();
    private long operations;

    private PickleMachine(byte[] pickle, PickleHost host, String source) {
        this.input = ByteBuffer.wrap(pickle).order(ByteOrder.LITTLE_ENDIAN);
        this.host = host;
        this.source = source;
    }

    /**
     * The value of a pickle.
     *
     * @param source names the file in messages
     * @throws CheckpointException if it is damaged, or names or does anything that isn't allowed
     */
    static PickleValue read(byte[] pickle, PickleHost host, String source) {
        try {
            return new PickleMachine(pickle, host, source).run();
        } catch (BufferUnderflowException end) {
            throw new CheckpointException(source + " ends within its pickle: it is truncated", end);
        }
    }

    private PickleValue run() {
        while (true) {
            count(1);
            int operation = Byte.toUnsignedInt(input.get());
            if (operation == '.') {
                return pop();
            }
            execute(operation);
        }
    }

    private void count(int more) {
        operations += more;
        if (operations > MAX_OPERATIONS) {
            throw broken("its pickle has more than " + MAX_OPERATIONS + " operations, too many for a CLIP");
        }
    }

    private void execute(int operation) {
        switch (operation) {
            case 0x80 -> protocol(unsignedByte());
            case 0x95 -> input.getLong(); // FRAME: how much to read ahead
            case '(' -> marks.add(stack.size());
            case '0' -> pop();
            case '1' -> popToMark();
            case '2' -> push(top());
            case 'N' -> push(new PickleValue.Nothing());
            case 0x88 -> push(new PickleValue.Truth(true));
            case 0x89 -> push(new PickleValue.Truth(false));
            case 'J' -> push(new PickleValue.Whole(input.getInt()));
            case 'K' -> push(new PickleValue.Whole(unsignedByte()));
            case 'M' -> push(new PickleValue.Whole(Short.toUnsignedInt(input.getShort())));
            case 0x8a -> push(new PickleValue.Whole(wholeNumber(unsignedByte())));
            case 'G' -> push(new PickleValue.Real(Double.longBitsToDouble(Long.reverseBytes(input.getLong()))));
            case 'X' -> push(text(Integer.toUnsignedLong(input.getInt())));
            case 0x8c, 'U' -> push(text(unsignedByte()));
            case 0x8d -> push(text(input.getLong()));
            case ')' -> push(new PickleValue.Tuple(List.of()));
            case 't' -> push(new PickleValue.Tuple(popToMark()));
            case 0x85 -> pushTuple(1);
            case 0x86 -> pushTuple(2);
            case 0x87 -> pushTuple(3);
            case ']' -> push(new PickleValue.Sequence());
            case 'a' -> append(List.of(pop()));
            case 'e' -> append(popToMark());
            case '}' -> push(new PickleValue.Dictionary());
            case 's' -> setItems(popLast(2));
            case 'u' -> setItems(popToMark());
            case 'q' -> memo.put(unsignedByte(), top());
            case 'r' -> memo.put(input.getInt(), top());
            case 0x94 -> memo.put(memo.size(), top());
            case 'h' -> push(remembered(unsignedByte()));
            case 'j' -> push(remembered(input.getInt()));
            case 'c' -> push(global(line(), line()));
            case 0x93 -> pushNamedGlobal();
            case 'R' -> call();
            case 0x81 -> create();
            case 'b' -> build();
            case 'Q' -> push(host.persistent(pop()));
            default ->
                throw broken("its pickle holds the operation 0x" + Integer.toHexString(operation)
                        + ", which no saved model needs");
        }
    }

    private void protocol(int version) {
        if (version < 2 || version > 5) {
            throw broken("its pickle is of protocol " + version + "; 2 to 5 are read");
        }
    }

    private void call() {
        var arguments = pop();
        if (!(arguments instanceof PickleValue.Tuple tuple)) {
            throw broken("its pickle calls something without a tuple of arguments");
        }
        push(host.call(requireGlobal(pop()), tuple.elements()));
    }

    private void create() {
        pop();
        push(host.create(requireGlobal(pop())));
    }

    private void build() {
        var state = pop();
        if (top() instanceof PickleValue.ScriptObject object && state instanceof PickleValue.Dictionary attributes) {
            count(attributes.entries.size());
            object.attributes.putAll(attributes.entries);
        } else if (!(top() instanceof PickleValue.Dictionary)) {
            throw broken("its pickle sets the state of something that has none");
        }
    }

    private void append(List<PickleValue> values) {
        if (!(top() instanceof PickleValue.Sequence sequence)) {
            throw broken("its pickle appends to something that isn't a list");
        }
        sequence.elements.addAll(values);
    }

    private void setItems(List<PickleValue> values) {
        if (!(top() instanceof PickleValue.Dictionary dictionary) || values.size() % 2 != 0) {
            throw broken("its pickle sets items of something that isn't a dictionary");
        }
        for (int index = 0; index < values.size(); index += 2) {
            dictionary.entries.put(key(values.get(index)), values.get(index + 1));
        }
    }

    private String key(PickleValue value) {
        return switch (value) {
            case PickleValue.Text text -> UntrustedNames.require(text.value(), source); // long ones are slow to compare
            case PickleValue.Whole whole -> Long.toString(whole.value());
            default -> throw broken("its pickle has a dictionary key that is neither text nor number");
        };
    }

    private void pushNamedGlobal() {
        var names = popLast(2);
        if (!(names.get(0) instanceof PickleValue.Text module) || !(names.get(1) instanceof PickleValue.Text name)) {
            throw broken("its pickle names something without a text");
        }
        push(global(module.value(), name.value()));
    }

    private PickleValue.Global global(String module, String name) {
        var global =
                new PickleValue.Global(UntrustedNames.require(module, source), UntrustedNames.require(name, source));
        if (!host.allows(global)) {
            throw new CheckpointException(
                    source + " names " + global + ", which no weights need;"
                            + " nothing was executed: take the file from a source you trust, or save the bare state_dict again");
        }
        return global;
    }

    private PickleValue.Global requireGlobal(PickleValue value) {
        if (value instanceof PickleValue.Global global) {
            return global;
        }
        throw broken("its pickle calls something that has no name");
    }

    private PickleValue remembered(int index) {
        var value = memo.get(index);
        if (value == null) {
            throw broken("its pickle refers to a value that it hasn't made");
        }
        return value;
    }

    private void push(PickleValue value) {
        stack.add(value);
    }

    private void pushTuple(int length) {
        push(new PickleValue.Tuple(popLast(length)));
    }

    private PickleValue pop() {
        requireAboveMark(1);
        return stack.removeLast();
    }

    private PickleValue top() {
        requireAboveMark(1);
        return stack.getLast();
    }

    private List<PickleValue> popLast(int count) {
        requireAboveMark(count);
        var last = stack.subList(stack.size() - count, stack.size());
        var values = List.copyOf(last);
        last.clear();
        return values;
    }

    private List<PickleValue> popToMark() {
        if (marks.isEmpty()) {
            throw broken("its pickle closes what it hasn't opened");
        }
        return popLast(stack.size() - marks.removeLast());
    }

    private void requireAboveMark(int count) {
        if (stack.size() - (marks.isEmpty() ? 0 : marks.getLast()) < count) {
            throw broken("its pickle takes more than it has");
        }
    }

    private int unsignedByte() {
        return Byte.toUnsignedInt(input.get());
    }

    /** Little endian, two's complement. */
    private long wholeNumber(int bytes) {
        if (bytes > Long.BYTES) {
            throw broken("its pickle holds a whole number of " + bytes + " bytes");
        }
        long value = 0;
        for (int index = 0; index < bytes; index++) {
            value |= (long) unsignedByte() << Byte.SIZE * index;
        }
        int unused = Long.SIZE - Byte.SIZE * bytes;
        return bytes == 0 ? 0 : value << unused >> unused;
    }

    private PickleValue.Text text(long bytes) {
        if (bytes < 0 || bytes > input.remaining()) {
            throw new BufferUnderflowException();
        }
        var text = new String(input.array(), input.position(), (int) bytes, StandardCharsets.UTF_8);
        input.position(input.position() + (int) bytes);
        return new PickleValue.Text(text);
    }

    private String line() {
        int start = input.position();
        while (input.get() != '\n') {
            continue;
        }
        return new String(input.array(), start, input.position() - start - 1, StandardCharsets.UTF_8);
    }

    private CheckpointException broken(String what) {
        return new CheckpointException(source + " cannot be read: " + what);
    }
}
