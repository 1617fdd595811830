package org.skiptuning.benchmark.report;

import java.util.List;
import org.skiptuning.benchmark.SweepRow;

/** What a row's runs cost. */
final class CostColumns {
    static final List<String> HEADINGS =
            List.of("rate ×", "seconds", "peak memory", "tensors' peak", "paper-style memory", "trained");

    private CostColumns() {}

    static List<String> of(SweepRow row, RowNotes notes) {
        return List.of(
                notes.rate(row),
                Cells.decimal(row.seconds()),
                Cells.bytes(row.peakMemoryBytes()),
                Cells.bytes(row.peakTensorBytes()),
                Cells.bytes(row.paperStyleBytes()),
                Cells.count(row.trainedParameters()));
    }

    /** Of the untouched model. */
    static List<String> none() {
        return List.of("", "", "", "", "", "0");
    }
}
