package org.skiptuning.checkpoint;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.skiptuning.CheckpointException;
import org.skiptuning.files.JsonProblem;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;

/**
 * The header of a safetensors file, accepted by the rules of the reference reader: sizes that fit their types, and
 * offsets that cover the data from its first byte to its last without holes or overlap.
 *
 * @param tensors in order of their offsets
 */
record SafetensorsHeader(List<Entry> tensors, Map<String, String> metadata) {
    /** As in the reference. */
    static final long MAX_BYTES = 100_000_000;
    /** No CLIP has a hundredth of it; it bounds the memory that a header can ask for. */
    private static final int MAX_TENSORS = 100_000;

    private static final String METADATA = "__metadata__";

    /**
     * @param begin first byte, counted from the end of the header
     * @param end after the last byte
     */
    record Entry(String name, ScalarType type, long[] shape, long begin, long end) {}

    /**
     * @param json the header alone
     * @param dataBytes the bytes that follow it
     * @param source names the file in messages
     */
    static SafetensorsHeader parse(byte[] json, long dataBytes, String source) {
        if (json.length == 0 || json[0] != '{') {
            throw new CheckpointException(source + " isn't a safetensors file: its header doesn't begin with {");
        }
        try (var parser = Json.FACTORY.createParser(ObjectReadContext.empty(), json)) {
            var header = new Parser(parser, source).header();
            checkOffsets(header.tensors(), dataBytes, source);
            return header;
        } catch (JacksonException failure) {
            throw new CheckpointException(
                    source + " has a broken safetensors header: " + JsonProblem.describe(failure), failure);
        }
    }

    private static void checkOffsets(List<Entry> tensors, long dataBytes, String source) {
        long expected = 0;
        for (var tensor : tensors) {
            if (tensor.begin() != expected || tensor.end() < tensor.begin()) {
                throw new CheckpointException(source + ": the offsets of tensor " + tensor.name() + ", "
                        + tensor.begin() + " to " + tensor.end() + ", leave a hole or overlap at " + expected);
            }
            if (tensor.end() - tensor.begin() != bytes(tensor, source)) {
                throw new CheckpointException(
                        source + ": tensor " + tensor.name() + " " + Arrays.toString(tensor.shape()) + " of "
                                + tensor.type() + " doesn't fill its " + (tensor.end() - tensor.begin()) + " bytes");
            }
            expected = tensor.end();
        }
        if (expected != dataBytes) {
            throw new CheckpointException(source + " holds " + dataBytes
                    + " bytes of tensors where its header speaks of " + expected + ": it is truncated or damaged");
        }
    }

    private static long bytes(Entry tensor, String source) {
        try {
            long bits = tensor.type().bits();
            for (long size : tensor.shape()) {
                bits = Math.multiplyExact(bits, size);
            }
            if (bits % Byte.SIZE != 0) {
                throw new CheckpointException(source + ": tensor " + tensor.name() + " ends within a byte");
            }
            return bits / Byte.SIZE;
        } catch (ArithmeticException overflow) {
            throw new CheckpointException(
                    source + ": the shape of tensor " + tensor.name() + ", " + Arrays.toString(tensor.shape())
                            + ", overflows",
                    overflow);
        }
    }

    private record Parser(JsonParser json, String source) {
        SafetensorsHeader header() {
            List<Entry> tensors = new ArrayList<>();
            Map<String, String> metadata = new LinkedHashMap<>();
            expect(JsonToken.START_OBJECT, json.nextToken(), "the header");
            while (json.nextToken() == JsonToken.PROPERTY_NAME) {
                var name = UntrustedNames.require(json.currentName(), source);
                if (name.equals(METADATA)) {
                    metadata.putAll(metadata());
                } else {
                    tensors.add(tensor(name));
                }
                if (tensors.size() > MAX_TENSORS) {
                    throw new CheckpointException(source + " names more than " + MAX_TENSORS + " tensors");
                }
            }
            expect(JsonToken.END_OBJECT, json.currentToken(), "the header");
            if (json.nextToken() != null) {
                throw new CheckpointException(source + " has text after its safetensors header");
            }
            tensors.sort(Comparator.comparingLong(Entry::begin).thenComparingLong(Entry::end));
            return new SafetensorsHeader(List.copyOf(tensors), Map.copyOf(metadata));
        }

        private Map<String, String> metadata() {
            Map<String, String> metadata = new LinkedHashMap<>();
            expect(JsonToken.START_OBJECT, json.nextToken(), METADATA);
            while (json.nextToken() == JsonToken.PROPERTY_NAME) {
                var key = UntrustedNames.require(json.currentName(), source);
                expect(JsonToken.VALUE_STRING, json.nextToken(), METADATA + "." + key);
                metadata.put(key, json.getString());
            }
            return metadata;
        }

        private Entry tensor(String name) {
            var type = "";
            long[] shape = {};
            long[] offsets = {};
            boolean hasShape = false;
            expect(JsonToken.START_OBJECT, json.nextToken(), name);
            while (json.nextToken() == JsonToken.PROPERTY_NAME) {
                var key = UntrustedNames.require(json.currentName(), source);
                var value = json.nextToken();
                switch (key) {
                    case "dtype" -> {
                        expect(JsonToken.VALUE_STRING, value, name + ".dtype");
                        type = UntrustedNames.require(json.getString(), source);
                    }
                    case "shape" -> {
                        shape = sizes(name + ".shape");
                        hasShape = true;
                    }
                    case "data_offsets" -> offsets = sizes(name + ".data_offsets");
                    default -> json.skipChildren();
                }
            }
            if (!hasShape || offsets.length != 2) {
                throw new CheckpointException(source + ": tensor " + name + " lacks a shape or its two offsets");
            }
            var unknown = type;
            return new Entry(
                    name,
                    ScalarType.named(type)
                            .orElseThrow(() -> new CheckpointException(
                                    source + ": tensor " + name + " has the unknown type \"" + unknown + "\"")),
                    shape,
                    offsets[0],
                    offsets[1]);
        }

        /** An array of whole numbers, none negative. */
        private long[] sizes(String what) {
            expect(JsonToken.START_ARRAY, json.currentToken(), what);
            var sizes = new long[8];
            int count = 0;
            while (json.nextToken() != JsonToken.END_ARRAY) {
                expect(JsonToken.VALUE_NUMBER_INT, json.currentToken(), what);
                if (count == sizes.length) {
                    sizes = Arrays.copyOf(sizes, 2 * count);
                }
                sizes[count] = json.getLongValue();
                if (sizes[count++] < 0) {
                    throw new CheckpointException(source + ": " + what + " holds a negative number");
                }
            }
            return Arrays.copyOf(sizes, count);
        }

        private void expect(JsonToken expected, @Nullable JsonToken actual, String what) {
            if (actual != expected) {
                throw new CheckpointException(source + ": its safetensors header has " + words(actual) + " where "
                        + what + " needs " + words(expected));
            }
        }

        private static String words(@Nullable JsonToken token) {
            return switch (token) {
                case null -> "nothing";
                case START_OBJECT -> "an object";
                case START_ARRAY -> "an array";
                case VALUE_STRING -> "a text";
                case VALUE_NUMBER_INT -> "a whole number";
                case VALUE_NUMBER_FLOAT -> "a fraction";
                case VALUE_TRUE, VALUE_FALSE -> "true or false";
                case VALUE_NULL -> "null";
                default -> "an end";
            };
        }
    }
}
