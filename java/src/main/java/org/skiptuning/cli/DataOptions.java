package org.skiptuning.cli;

import java.util.Optional;
import picocli.CommandLine.Option;

/** Which pictures, and how they are read. */
final class DataOptions {
    static final String HEADING = "Data:";

    @Option(
            names = "--data",
            paramLabel = "DATA",
            description = "A folder with train/CLASS/* and test/CLASS/*, or CLASS/* (split by --seed); a .csv or .jsonl of"
                    + " path,class,split; a root of data sets in CoOp's layout with --dataset; or bundled.")
    private Optional<String> data = Optional.empty();

    @Option(names = "--dataset", paramLabel = "NAME", description = "Data set below the root, or task of the bundled data: glyphs, food, animals, things.")
    private Optional<String> dataset = Optional.empty();

    Optional<String> data() {
        return data;
    }

    Optional<String> dataset() {
        return dataset;
    }
}
