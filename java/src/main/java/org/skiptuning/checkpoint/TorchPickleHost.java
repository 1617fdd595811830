package org.skiptuning.checkpoint;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.skiptuning.CheckpointException;
import org.skiptuning.ffi.ElementType;
import org.skiptuning.ffi.TensorView;

/** The names that {@code torch.save} and {@code torch.jit.save} write for modules and state dictionaries. */
final class TorchPickleHost implements PickleHost {
    private record StorageType(Optional<ElementType> type, int bytes) {}

    private static final Map<String, StorageType> STORAGES = Map.of(
            "FloatStorage", supported(ElementType.FLOAT32),
            "HalfStorage", supported(ElementType.FLOAT16),
            "BFloat16Storage", supported(ElementType.BFLOAT16),
            "DoubleStorage", supported(ElementType.FLOAT64),
            "LongStorage", supported(ElementType.INT64),
            "IntStorage", supported(ElementType.INT32),
            "ByteStorage", supported(ElementType.UINT8),
            "ShortStorage", new StorageType(Optional.empty(), 2),
            "CharStorage", new StorageType(Optional.empty(), 1),
            "BoolStorage", new StorageType(Optional.empty(), 1));

    private static final Set<String> OTHERS = Set.of(
            "collections.OrderedDict",
            "torch._utils._rebuild_tensor",
            "torch._utils._rebuild_tensor_v2",
            "torch._utils._rebuild_parameter",
            "torch.jit._pickle.build_intlist",
            "torch.jit._pickle.build_doublelist",
            "torch.jit._pickle.build_boollist",
            "torch.jit._pickle.build_tensorlist",
            "torch.jit._pickle.restore_type_tag",
            "torch.Size",
            "torch.device",
            "torch.float32",
            "torch.float16",
            "torch.bfloat16",
            "torch.float64",
            "torch.int64");

    private final String source;

    /** @param source names the file in messages */
    TorchPickleHost(String source) {
        this.source = source;
    }

    @Override
    public boolean allows(PickleValue.Global global) {
        return isScriptClass(global) || isStorage(global) || OTHERS.contains(global.toString());
    }

    @Override
    public PickleValue call(PickleValue.Global function, List<PickleValue> arguments) {
        return switch (function.toString()) {
            case "collections.OrderedDict" -> emptyDictionary(arguments);
            case "torch._utils._rebuild_tensor", "torch._utils._rebuild_tensor_v2" -> tensor(arguments);
            case "torch._utils._rebuild_parameter",
                    "torch.jit._pickle.build_intlist",
                    "torch.jit._pickle.build_doublelist",
                    "torch.jit._pickle.build_boollist",
                    "torch.jit._pickle.build_tensorlist",
                    "torch.jit._pickle.restore_type_tag",
                    "torch.Size" -> argument(arguments, 0);
            case "torch.device" -> new PickleValue.Nothing();
            default -> throw broken("its pickle calls " + function + ", which isn't a function");
        };
    }

    @Override
    public PickleValue create(PickleValue.Global type) {
        if (isScriptClass(type)) {
            return new PickleValue.ScriptObject();
        }
        throw broken("its pickle makes an object of " + type);
    }

    /** {@code ("storage", type, key, device, number of elements)} */
    @Override
    public PickleValue persistent(PickleValue id) {
        if (id instanceof PickleValue.Tuple tuple && tuple.elements().size() == 5) {
            var parts = tuple.elements();
            if (parts.get(1) instanceof PickleValue.Global type
                    && type.module().equals("torch")
                    && STORAGES.get(type.name()) instanceof StorageType storage
                    && parts.get(2) instanceof PickleValue.Text key
                    && parts.get(4) instanceof PickleValue.Whole elements
                    && elements.value() >= 0) {
                var name = UntrustedNames.require(key.value(), source);
                return new PickleValue.Storage(name, type.name(), storage.type(), storage.bytes(), elements.value());
            }
        }
        throw broken("its pickle refers to something that isn't a storage");
    }

    private PickleValue emptyDictionary(List<PickleValue> arguments) {
        if (!arguments.isEmpty()) {
            throw broken("its pickle fills a dictionary in a way that PyTorch doesn't");
        }
        return new PickleValue.Dictionary();
    }

    /** {@code (storage, offset, shape, strides, ...)}; the rest doesn't concern the numbers. */
    private PickleValue.Tensor tensor(List<PickleValue> arguments) {
        if (!(argument(arguments, 0) instanceof PickleValue.Storage storage)
                || !(argument(arguments, 1) instanceof PickleValue.Whole offset)) {
            throw broken("its pickle makes a tensor without a storage");
        }
        long[] shape = sizes(argument(arguments, 2));
        long[] strides = sizes(argument(arguments, 3));
        requireWithin(storage, offset.value(), shape, strides);
        return new PickleValue.Tensor(storage, offset.value(), shape, strides);
    }

    /**
     * A tensor must lie within its storage and have no more elements than it, so that a small file cannot stand for a
     * huge tensor by strides of zero.
     */
    private void requireWithin(PickleValue.Storage storage, long offset, long[] shape, long[] strides) {
        if (shape.length != strides.length) {
            throw broken("it holds a tensor with " + shape.length + " sizes and " + strides.length + " strides");
        }
        try {
            long elements = 1;
            long last = offset;
            for (int axis = 0; axis < shape.length; axis++) {
                elements = Math.multiplyExact(elements, shape[axis]);
                last = Math.addExact(last, Math.multiplyExact(Math.max(0, shape[axis] - 1), strides[axis]));
            }
            if (offset < 0
                    || offset > storage.elements()
                    || elements > storage.elements()
                    || elements > 0 && last >= storage.elements()) {
                throw broken("it holds a tensor of " + elements + " elements that reaches beyond its storage of "
                        + storage.elements());
            }
        } catch (ArithmeticException overflow) {
            throw new CheckpointException(source + " holds a tensor whose shape overflows", overflow);
        }
    }

    private long[] sizes(PickleValue value) {
        if (!(value instanceof PickleValue.Tuple tuple)) {
            throw broken("its pickle has a shape that isn't a tuple");
        }
        if (tuple.elements().size() > TensorView.MAX_RANK) {
            throw broken("it holds a tensor with " + tuple.elements().size() + " sizes or strides");
        }
        return tuple.elements().stream().mapToLong(this::size).toArray();
    }

    private long size(PickleValue value) {
        if (value instanceof PickleValue.Whole size && size.value() >= 0) {
            return size.value();
        }
        throw broken("its pickle has a shape or stride that isn't a whole number from 0 on");
    }

    private PickleValue argument(List<PickleValue> arguments, int index) {
        if (index >= arguments.size()) {
            throw broken("its pickle leaves out an argument");
        }
        return arguments.get(index);
    }

    private static boolean isScriptClass(PickleValue.Global global) {
        return global.module().equals("__torch__") || global.module().startsWith("__torch__.");
    }

    private static boolean isStorage(PickleValue.Global global) {
        return global.module().equals("torch") && STORAGES.containsKey(global.name());
    }

    private static StorageType supported(ElementType type) {
        return new StorageType(Optional.of(type), type.bytes());
    }

    private CheckpointException broken(String what) {
        return new CheckpointException(source + " cannot be read: " + what);
    }
}
