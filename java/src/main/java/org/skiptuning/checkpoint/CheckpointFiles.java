package org.skiptuning.checkpoint;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.skiptuning.CheckpointException;
import org.skiptuning.files.Folders;

/**
 * Where the parts of a checkpoint are.
 *
 * @param weights the file of tensors, or the index of several
 * @param folder where configuration and tokenizer are looked for
 * @param index what {@code weights} says, where that is an index
 */
record CheckpointFiles(Path weights, Path folder, Optional<ShardIndex> index) {
    static final String WEIGHTS = "model.safetensors";
    static final String HUGGING_FACE_CONFIG = "config.json";
    static final String OPEN_CLIP_CONFIG = "open_clip_config.json";
    static final String PREPROCESSOR = "preprocessor_config.json";

    private static final String WEIGHTS_INDEX = WEIGHTS + ".index.json";
    private static final String PYTORCH_INDEX = "pytorch_model.bin.index.json";

    /** In order of preference. */
    private static final List<String> WEIGHTS_NAMES = List.of(
            WEIGHTS,
            "open_clip_model.safetensors",
            "open_clip_pytorch_model.safetensors",
            WEIGHTS_INDEX,
            "open_clip_pytorch_model.bin",
            "pytorch_model.bin",
            PYTORCH_INDEX);

    private static final List<String> STATES = List.of(Checkpoint.TRAINING_STATE, Checkpoint.PRETRAINING_STATE);

    private CheckpointFiles(Path weights, Path folder) {
        this(weights, folder, ShardIndex.isIndex(weights) ? Optional.of(ShardIndex.read(weights)) : Optional.empty());
    }

    /** @throws CheckpointException if there is nothing at {@code path} or no weights in the folder */
    static CheckpointFiles locate(Path path) {
        if (!Files.exists(path)) {
            throw new CheckpointException("The checkpoint " + path + " " + Folders.absence(path) + ": check the path");
        }
        if (!Files.isDirectory(path)) {
            var parent = path.toAbsolutePath().getParent();
            requireWhole(path);
            return new CheckpointFiles(path, parent == null ? path : parent);
        }
        for (var name : WEIGHTS_NAMES) {
            var file = InputFiles.optional(path.resolve(name));
            if (file.isPresent()) {
                return new CheckpointFiles(file.get(), path);
            }
        }
        return new CheckpointFiles(onlyWeights(path), path);
    }

    private static void requireWhole(Path file) {
        if (isState(file)) {
            throw new CheckpointException(file + " is the state of a run, not a model: finish the run with --resume");
        }
        if (ShardIndex.isShard(file)) {
            throw new CheckpointException(file + " is only a part of a model: give the folder with all parts and their "
                    + WEIGHTS_INDEX + " or " + PYTORCH_INDEX);
        }
    }

    private static Path onlyWeights(Path folder) {
        try (var files = Files.list(folder)) {
            var found = files.filter(file -> file.toString().matches(".*\\.(safetensors|bin|pt|pth)"))
                    .toList();
            var models = found.stream().filter(file -> !isState(file)).toList();
            if (models.size() == 1 && !ShardIndex.isShard(models.getFirst())) {
                return models.getFirst();
            }
            throw new CheckpointException(folder + notOneModel(found, models));
        } catch (IOException failure) {
            throw new CheckpointException(folder + " cannot be read: " + Folders.reason(failure), failure);
        }
    }

    private static String notOneModel(List<Path> found, List<Path> models) {
        if (found.isEmpty()) {
            return " holds no weights: expected " + String.join(" or ", WEIGHTS_NAMES);
        }
        if (models.isEmpty()) {
            return " holds a run that isn't finished, and no model yet: finish it with --resume";
        }
        return models.stream().allMatch(ShardIndex::isShard)
                ? " holds parts of a model, but not the " + WEIGHTS_INDEX + " that says what is where: fetch that, too"
                : " holds several files of weights: give the path of one of them";
    }

    private static boolean isState(Path file) {
        return STATES.contains(file.getFileName().toString());
    }

    WeightsFile openWeights() {
        return index.<WeightsFile>map(ShardedWeights::open).orElseGet(() -> WeightsFormat.open(weights));
    }

    /** Every file that weights are read from. */
    List<Path> weightsFiles() {
        return index.map(ShardIndex::shards).orElseGet(() -> List.of(weights));
    }

    boolean isIn(Path other) {
        return isSame(other, folder) || isFrom(other.resolve(WEIGHTS));
    }

    boolean isFrom(Path file) {
        return isSame(file, weights) || weightsFiles().stream().anyMatch(part -> isSame(file, part));
    }

    private static boolean isSame(Path first, Path second) {
        try {
            return Files.exists(first) && Files.isSameFile(first, second);
        } catch (IOException failure) {
            throw new CheckpointException(first + " cannot be read: " + Folders.reason(failure), failure);
        }
    }

    Optional<Path> companion(String name) {
        return InputFiles.optional(folder.resolve(name));
    }
}
