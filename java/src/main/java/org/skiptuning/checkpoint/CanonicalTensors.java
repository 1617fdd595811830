package org.skiptuning.checkpoint;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.skiptuning.CheckpointException;
import org.skiptuning.ffi.ElementType;
import org.skiptuning.ffi.TensorView;

/** A file's tensors under canonical names and in canonical orientation, checked against a configuration. */
final class CanonicalTensors {
    private CanonicalTensors() {}

    /** @throws CheckpointException if a tensor that the model needs is of a type that the core doesn't take */
    static void requireSupported(WeightsFile weights, String source) {
        var unsupported = weights.unsupported().keySet().stream()
                .filter(name -> !Naming.isBuffer(name))
                .sorted()
                .toList();
        if (!unsupported.isEmpty()) {
            var first = unsupported.getFirst();
            throw new CheckpointException(source + " holds tensor " + first + " as "
                    + weights.unsupported().get(first)
                    + (unsupported.size() > 1 ? " (and " + (unsupported.size() - 1) + " more so)" : "")
                    + ", which isn't supported: convert the weights to float16 or float32");
        }
    }

    /** Canonical name → view; constants that the model computes itself are left out. */
    static Map<String, TensorView> of(WeightsFile weights, Naming naming, String source) {
        Map<String, TensorView> tensors = new LinkedHashMap<>();
        for (var tensor : weights.tensors()) {
            if (Naming.isBuffer(tensor.name())) {
                continue;
            }
            var name = naming.canonical(tensor.name())
                    .orElseThrow(() -> new CheckpointException(source + ": tensor " + tensor.name()
                            + " is no part of a CLIP in the naming " + naming.label()));
            if (tensors.put(name, oriented(tensor, name, naming.isTransposed(name))) != null) {
                throw new CheckpointException(source + " holds " + name + " twice");
            }
        }
        return tensors;
    }

    /** @throws CheckpointException if a tensor is missing, unknown, of a wrong shape or not of floats; names it */
    static void check(Map<String, TensorView> tensors, ClipConfiguration configuration, Naming naming, String source) {
        var expected = ExpectedTensors.of(configuration, naming.splitsAttention());
        var differences = new ArrayList<String>();
        expected.forEach((name, shape) -> {
            var tensor = tensors.get(name);
            if (tensor == null) {
                differences.add("tensor " + name + " is missing");
            } else if (!Arrays.equals(tensor.shape(), shape)) {
                differences.add("tensor " + name + " has shape " + Arrays.toString(tensor.shape())
                        + " where the configuration needs " + Arrays.toString(shape));
            } else if (!isFloat(tensor.type())) {
                differences.add("tensor " + name + " holds " + tensor.type() + ", not floating-point numbers");
            }
        });
        for (var name : tensors.keySet()) {
            if (!expected.containsKey(name)) {
                differences.add("tensor " + name + " is no part of the model that the configuration describes");
            }
        }
        if (!differences.isEmpty()) {
            throw new CheckpointException(source + " doesn't fit its configuration: " + differences.getFirst()
                    + (differences.size() > 1 ? " (and " + (differences.size() - 1) + " more)" : ""));
        }
    }

    private static boolean isFloat(ElementType type) {
        return switch (type) {
            case FLOAT32, FLOAT16, BFLOAT16, FLOAT64 -> true;
            case INT64, INT32, UINT8 -> false;
        };
    }

    /** The same memory under another name, its two axes exchanged where asked for; one element becomes a scalar. */
    private static TensorView oriented(TensorView tensor, String name, boolean transposed) {
        long[] shape = tensor.shape();
        long[] strides = tensor.strides();
        if (name.equals("logit_scale") && shape.length == 1 && shape[0] == 1) {
            return new TensorView(name, tensor.type(), new long[0], new long[0], tensor.buffer());
        }
        if (transposed && shape.length == 2) {
            shape = new long[] {shape[1], shape[0]};
            strides = new long[] {strides[1], strides[0]};
        }
        return new TensorView(name, tensor.type(), shape, strides, tensor.buffer());
    }
}
