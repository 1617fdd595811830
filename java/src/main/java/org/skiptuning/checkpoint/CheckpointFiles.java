package org.skiptuning.checkpoint;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.skiptuning.CheckpointException;
import org.skiptuning.ffi.MappedFile;
import org.skiptuning.files.Folders;

/**
 * Where the parts of a checkpoint are.
 *
 * @param weights the file of tensors
 * @param folder where configuration and tokenizer are looked for
 */
record CheckpointFiles(Path weights, Path folder) {
    static final String WEIGHTS = "model.safetensors";
    static final String HUGGING_FACE_CONFIG = "config.json";
    static final String OPEN_CLIP_CONFIG = "open_clip_config.json";
    static final String PREPROCESSOR = "preprocessor_config.json";

    /** In order of preference. */
    private static final List<String> WEIGHTS_NAMES = List.of(
            WEIGHTS,
            "open_clip_model.safetensors",
            "open_clip_pytorch_model.safetensors",
            "open_clip_pytorch_model.bin",
            "pytorch_model.bin");

    private static final int ZIP_MAGIC = 0x04034b50;
    private static final int PICKLE_PROTOCOL = 0x80;
    /** "vers", of "version https://git-lfs..."; as a header's length it would be far too large. */
    private static final int GIT_LFS_MAGIC = 0x73726576;

    /** @throws CheckpointException if there is nothing at {@code path} or no weights in the folder */
    static CheckpointFiles locate(Path path) {
        if (!Files.exists(path)) {
            throw new CheckpointException("There is no checkpoint " + path + ": check the path");
        }
        if (!Files.isDirectory(path)) {
            var parent = path.toAbsolutePath().getParent();
            return new CheckpointFiles(path, parent == null ? path : parent);
        }
        for (var name : WEIGHTS_NAMES) {
            if (Files.isRegularFile(path.resolve(name))) {
                return new CheckpointFiles(path.resolve(name), path);
            }
        }
        if (Files.exists(path.resolve(WEIGHTS + ".index.json"))
                || Files.exists(path.resolve("pytorch_model.bin.index.json"))) {
            throw new CheckpointException(
                    path + " holds weights in several files, which isn't supported yet: save the model"
                            + " as one (save_pretrained with max_shard_size=\"50GB\")");
        }
        return new CheckpointFiles(onlyWeights(path), path);
    }

    private static Path onlyWeights(Path folder) {
        try (var files = Files.list(folder)) {
            var candidates = files.filter(file -> file.toString().matches(".*\\.(safetensors|bin|pt|pth)"))
                    .toList();
            if (candidates.size() == 1) {
                return candidates.getFirst();
            }
            throw new CheckpointException(
                    candidates.isEmpty()
                            ? folder + " holds no weights: expected " + String.join(" or ", WEIGHTS_NAMES)
                            : folder + " holds several files of weights: give the path of one of them");
        } catch (IOException failure) {
            throw new CheckpointException(folder + " cannot be read: " + failure.getMessage(), failure);
        }
    }

    /** Opens the weights by what their first bytes say, not by their name. */
    WeightsFile openWeights() {
        int magic;
        int first;
        try (MappedFile file = InputFiles.map(weights)) {
            magic = file.size() >= Integer.BYTES ? file.intAt(0) : 0;
            first = file.size() > 0 ? file.byteAt(0) & 0xFF : 0;
        }
        if (magic == ZIP_MAGIC) {
            return TorchArchive.open(weights);
        }
        if (magic == GIT_LFS_MAGIC) {
            throw new CheckpointException(
                    weights + " is only Git LFS's pointer to the weights: fetch them with \"git lfs pull\"");
        }
        if (first == PICKLE_PROTOCOL && isPickle(magic)) {
            throw new CheckpointException(
                    weights + " is in PyTorch's old format from before version 1.6: convert it with"
                            + " torch.save(torch.load(old), new) or to safetensors");
        }
        return SafetensorsFile.open(weights);
    }

    /** A pickle's protocol is at most 5; a safetensors header of such a length would begin otherwise. */
    private static boolean isPickle(int magic) {
        int protocol = magic >> 8 & 0xFF;
        int opcode = magic >> 16 & 0xFF;
        return protocol >= 2 && protocol <= 5 && opcode != 0;
    }

    boolean isIn(Path other) {
        return isSame(other, folder) || isFrom(other.resolve(WEIGHTS));
    }

    boolean isFrom(Path file) {
        return isSame(file, weights);
    }

    private static boolean isSame(Path first, Path second) {
        try {
            return Files.exists(first) && Files.isSameFile(first, second);
        } catch (IOException failure) {
            throw new CheckpointException(first + " cannot be read: " + Folders.reason(failure), failure);
        }
    }

    Optional<Path> companion(String name) {
        var file = folder.resolve(name);
        return Files.isRegularFile(file) ? Optional.of(file) : Optional.empty();
    }
}
