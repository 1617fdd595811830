package org.skiptuning;

import java.util.SortedMap;
import java.util.TreeMap;
import org.skiptuning.ffi.TensorView;

/** What a method chose by validation pictures, read from the tensors that it keeps. */
final class ChosenNumbers {
    /** Tip-Adapter's: alpha, then beta. */
    private static final String ALPHA_BETA = "kept/cache.alpha_beta";

    /** Places in the state of the linear probe's search: native/src/method/cost_search.cpp. */
    private static final int LEFT_COST = 3;

    private static final int RIGHT_COST = 4;
    private static final int LEFT_ACCURACY = 5;
    private static final int RIGHT_ACCURACY = 6;
    private static final int MOVED = 7;

    private ChosenNumbers() {}

    /** By name; empty for a method that chose no number. */
    static SortedMap<String, Double> of(OwnTensors own) {
        var chosen = new TreeMap<String, Double>();
        for (var tensor : own.tensors()) {
            if (tensor.name().equals(ALPHA_BETA)) {
                chosen.put("alpha", number(tensor, 0));
                chosen.put("beta", number(tensor, 1));
            } else if (tensor.name().equals(OwnTensors.SEARCH)) {
                // The end of the interval that moved last has not been tried where it is now: the other one was taken.
                var right = number(tensor, MOVED) == 0;
                chosen.put("cost", number(tensor, right ? RIGHT_COST : LEFT_COST));
                chosen.put("validation_accuracy", 100 * number(tensor, right ? RIGHT_ACCURACY : LEFT_ACCURACY));
            }
        }
        return chosen;
    }

    private static double number(TensorView tensor, int place) {
        return tensor.buffer().getDouble((long) place * Double.BYTES);
    }
}
