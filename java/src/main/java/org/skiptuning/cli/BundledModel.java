package org.skiptuning.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.skiptuning.CheckpointException;
import org.skiptuning.files.Folders;
import org.skiptuning.files.PathSetting;

/** Where the model that comes along lies. */
final class BundledModel {
    private static final String PROPERTY = "skiptuning.bundled.model";
    private static final String VARIABLE = "SKIP_TUNING_BUNDLED_MODEL";

    private static final String VOCABULARY = "vocabulary.json";

    private BundledModel() {}

    /** The folder, if it is there. */
    static Optional<Path> find() {
        return new PathSetting(PROPERTY, VARIABLE).path().filter(Files::isDirectory);
    }

    /** Whether a model reads texts with the bundled model's vocabulary: a copy of it, or what was trained from it. */
    static boolean sharesVocabulary(Path model) {
        try {
            Path vocabulary = model.resolve(VOCABULARY);
            Optional<Path> bundled = find().map(folder -> folder.resolve(VOCABULARY));
            return Files.isRegularFile(vocabulary)
                    && bundled.filter(Files::isRegularFile).isPresent()
                    && Files.mismatch(vocabulary, bundled.get()) < 0;
        } catch (IOException unreadable) {
            throw new CheckpointException(
                    "Cannot read " + model.resolve(VOCABULARY) + ": " + Folders.reason(unreadable), unreadable);
        }
    }

    static Path path() {
        return find().orElseThrow(() -> new CheckpointException(
                "the bundled model is missing: make it (./skip-tuning pretrain --output models/bundled, about an hour on two"
                        + " cores), or name its folder in " + VARIABLE));
    }
}
