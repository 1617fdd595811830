package org.skiptuning.data.published;

import java.util.List;

/** A value in a MATLAB file, its elements in column order. */
sealed interface MatlabArray {
    /** Characters; of a matrix of several rows all of them. */
    record Text(String text) implements MatlabArray {}

    /** Numbers, which a double holds exactly unless they are beyond 2^53. */
    record Numbers(List<Double> values) implements MatlabArray {
        public Numbers {
            values = List.copyOf(values);
        }
    }

    /** A cell array. */
    record Cells(List<MatlabArray> values) implements MatlabArray {
        public Cells {
            values = List.copyOf(values);
        }
    }

    /** An array of records, each with a value a field. */
    record Records(List<String> fields, List<List<MatlabArray>> values) implements MatlabArray {
        public Records {
            fields = List.copyOf(fields);
            values = List.copyOf(values);
        }
    }

    /** What no annotations are made of: objects, functions, sparse matrices. */
    record Other() implements MatlabArray {}
}
