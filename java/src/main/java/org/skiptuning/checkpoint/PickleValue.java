package org.skiptuning.checkpoint;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.skiptuning.ffi.ElementType;

/** All that can come out of a pickle here. Values may refer to themselves, so nothing walks them without a limit. */
sealed interface PickleValue {
    record Nothing() implements PickleValue {}

    record Truth(boolean value) implements PickleValue {}

    record Whole(long value) implements PickleValue {}

    record Real(double value) implements PickleValue {}

    record Text(String value) implements PickleValue {}

    record Tuple(List<PickleValue> elements) implements PickleValue {}

    /** A name that a pickle may mention; a name only, never code. */
    record Global(String module, String name) implements PickleValue {
        @Override
        public String toString() {
            return module + "." + name;
        }
    }

    /** An entry of the archive that holds numbers. {@code type} is empty where the core has no such type. */
    record Storage(String key, String typeName, Optional<ElementType> type, int elementBytes, long elements)
            implements PickleValue {}

    /** A view into a storage; offset and strides count elements. */
    record Tensor(Storage storage, long offset, long[] shape, long[] strides) implements PickleValue {}

    /** Identity is equality for what can change. */
    final class Sequence implements PickleValue {
        final List<PickleValue> elements = new ArrayList<>();
    }

    /** Keys that aren't texts are kept under their decimal form; a state dictionary has none. */
    final class Dictionary implements PickleValue {
        final Map<String, PickleValue> entries = new LinkedHashMap<>();
    }

    /** An object of a TorchScript class, of which only the attributes are kept. */
    final class ScriptObject implements PickleValue {
        final Map<String, PickleValue> attributes = new LinkedHashMap<>();
    }
}
