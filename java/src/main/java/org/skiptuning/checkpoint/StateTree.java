package org.skiptuning.checkpoint;

import java.util.LinkedHashMap;
import java.util.Map;
import org.skiptuning.CheckpointException;

/** Finds the named tensors in what a pickle holds: a TorchScript module, a state dictionary, or a training checkpoint. */
final class StateTree {
    private static final int MAX_DEPTH = 64;
    /** Objects may be shared, so their paths can be many more than the pickle's bytes. */
    private static final int MAX_VISITS = 1_000_000;
    /** What DistributedDataParallel puts before every name. */
    private static final String PARALLEL_PREFIX = "module.";

    private final String source;
    private final Map<String, PickleValue.Tensor> tensors = new LinkedHashMap<>();
    private int visits;

    private StateTree(String source) {
        this.source = source;
    }

    static Map<String, PickleValue.Tensor> tensors(PickleValue root, String source) {
        var tree = new StateTree(source);
        switch (root) {
            case PickleValue.ScriptObject module -> tree.walk(module.attributes, "", 0);
            case PickleValue.Dictionary dictionary -> tree.addAll(stateDictionary(dictionary));
            default -> throw new CheckpointException(source + " holds neither a model nor a state_dict");
        }
        return tree.tensors;
    }

    private static PickleValue.Dictionary stateDictionary(PickleValue.Dictionary root) {
        return root.entries.get("state_dict") instanceof PickleValue.Dictionary inner ? inner : root;
    }

    private void addAll(PickleValue.Dictionary dictionary) {
        var entries = dictionary.entries;
        boolean parallel =
                !entries.isEmpty() && entries.keySet().stream().allMatch(name -> name.startsWith(PARALLEL_PREFIX));
        entries.forEach((name, value) -> {
            if (value instanceof PickleValue.Tensor tensor) {
                add(parallel ? name.substring(PARALLEL_PREFIX.length()) : name, tensor);
            }
        });
    }

    private void add(String name, PickleValue.Tensor tensor) {
        tensors.put(UntrustedNames.require(name, source), tensor);
    }

    private void walk(Map<String, PickleValue> attributes, String prefix, int depth) {
        if (depth > MAX_DEPTH) {
            throw new CheckpointException(source + " holds a module that is nested too deeply for a CLIP");
        }
        attributes.forEach((name, value) -> {
            if (++visits > MAX_VISITS) {
                throw new CheckpointException(source + " holds more parts than any CLIP");
            }
            switch (value) {
                case PickleValue.Tensor tensor -> add(prefix + name, tensor);
                case PickleValue.ScriptObject module -> walk(module.attributes, prefix + name + ".", depth + 1);
                default -> {
                    return;
                }
            }
        });
    }
}
