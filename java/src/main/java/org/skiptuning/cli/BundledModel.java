package org.skiptuning.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.skiptuning.CheckpointException;
import org.skiptuning.files.PathSetting;

/** Where the model that comes along lies. */
final class BundledModel {
    private static final String PROPERTY = "skiptuning.bundled.model";
    private static final String VARIABLE = "SKIP_TUNING_BUNDLED_MODEL";

    private BundledModel() {}

    /** The folder, if it is there. */
    static Optional<Path> find() {
        return new PathSetting(PROPERTY, VARIABLE).path().filter(Files::isDirectory);
    }

    static Path path() {
        return find().orElseThrow(() -> new CheckpointException(
                "the bundled model is missing: make it (./skip-tuning pretrain --output models/bundled, about an hour on two"
                        + " cores), or name its folder in " + VARIABLE));
    }
}
