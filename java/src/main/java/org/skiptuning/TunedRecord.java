package org.skiptuning;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.skiptuning.data.TemplateSet;
import org.skiptuning.files.AtomicFile;
import org.skiptuning.files.Folders;
import org.skiptuning.files.JsonProblem;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Where a fine-tuned model comes from, kept under the key {@value #KEY} of {@code config.json}: a Hugging Face folder
 * has a file of that name already, which stays what it is otherwise.
 *
 * @param baseModel SHA-256 of the weights it started from
 * @param baseModelPath where those were read from
 * @param dataSet name of the data set
 * @param classNames in label order
 * @param templateKey the data set's entry of template sets; empty for their default
 * @param template prompt with {@code {}} for the class name
 * @param applyExifOrientation whether it saw pictures turned as their EXIF data say
 */
record TunedRecord(
        String baseModel,
        String baseModelPath,
        String dataSet,
        List<String> classNames,
        String templateKey,
        String template,
        boolean applyExifOrientation,
        TrainingSettings settings,
        TrainingResult result) {
    static final String KEY = "skip_tuning";
    private static final String FILE = "config.json";
    /** A hundred times that of a run on ImageNet's classes. */
    private static final long MAX_BYTES = 64_000_000;

    TunedRecord {
        if (classNames.isEmpty()) {
            throw new IllegalArgumentException("class_names is empty");
        }
        if (classNames.stream().anyMatch(Objects::isNull)) {
            throw new IllegalArgumentException("a class has no name");
        }
        classNames = List.copyOf(classNames);
        TemplateSet.of(template);
    }

    void write(Path directory) {
        var file = directory.resolve(FILE);
        var root = Files.exists(file) ? readObject(file) : SettingsJson.MAPPER.createObjectNode();
        root.set(KEY, SettingsJson.MAPPER.valueToTree(withoutPictures()));
        AtomicFile.write(
                file, SettingsJson.MAPPER.writerWithDefaultPrettyPrinter().writeValueAsString(root) + "\n");
    }

    /** What was predicted for single pictures belongs into reports, not beside the weights. */
    private TunedRecord withoutPictures() {
        return result.evaluation()
                .map(full -> new Evaluation(full.correct(), full.total(), full.perClass(), List.of()))
                .map(counts -> new TunedRecord(
                        baseModel,
                        baseModelPath,
                        dataSet,
                        classNames,
                        templateKey,
                        template,
                        applyExifOrientation,
                        settings,
                        result.withEvaluation(counts)))
                .orElse(this);
    }

    /**
     * Whether a folder holds such a record, readable or not.
     *
     * @throws CheckpointException if its {@code config.json} cannot be read
     */
    static boolean isIn(Path directory) {
        var file = directory.resolve(FILE);
        return Files.isRegularFile(file) && readObject(file).has(KEY);
    }

    /**
     * @throws CheckpointException if the folder holds no such record
     */
    static TunedRecord read(Path directory) {
        var file = directory.resolve(FILE);
        var unfinished = Files.exists(directory.resolve(RunDirectory.STATE));
        if (!Files.isRegularFile(file)) {
            throw new CheckpointException(
                    unfinished
                            ? directory + " holds a run that isn't finished: finish it with --resume"
                            : directory + " is no fine-tuned model: it has no " + FILE
                                    + "; give the folder that train wrote");
        }
        JsonNode node = readObject(file).path(KEY);
        if (node.isMissingNode() || node.isNull()) {
            throw new CheckpointException(file + " has no entry " + KEY + ": "
                    + (unfinished
                            ? "finish the run in this folder with --resume"
                            : "give the folder of a fine-tuned model, not of an original one"));
        }
        try {
            return SettingsJson.MAPPER.treeToValue(node, TunedRecord.class);
        } catch (JacksonException e) {
            throw new CheckpointException(
                    "Unusable entry " + KEY + " in " + file + ": " + JsonProblem.describe(e)
                            + "; take the file as train wrote it",
                    e);
        }
    }

    private static ObjectNode readObject(Path file) {
        try {
            if (Files.size(file) > MAX_BYTES) {
                throw new CheckpointException(file + " has " + Files.size(file) + " bytes, too many for such a file");
            }
            if (SettingsJson.MAPPER.readTree(Files.readString(file)) instanceof ObjectNode object) {
                return object;
            }
            throw new CheckpointException(file + " holds no JSON object");
        } catch (IOException e) {
            throw new CheckpointException("Cannot read " + file + ": " + Folders.reason(e), e);
        } catch (JacksonException e) {
            throw new CheckpointException("Unusable JSON in " + file + ": " + JsonProblem.describe(e), e);
        }
    }
}
