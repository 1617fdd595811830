package org.skiptuning.checkpoint;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.skiptuning.CheckpointException;
import org.skiptuning.ffi.TensorView;
import org.skiptuning.files.AtomicFile;
import org.skiptuning.files.Folders;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;

/** Writes a checkpoint like the one that was read, with some tensors replaced. */
final class CheckpointWriter {
    private static final Logger LOG = LoggerFactory.getLogger(CheckpointWriter.class);

    /** Files that are copied as they are; the configurations come apart. */
    private static final List<String> COMPANIONS = List.of(
            TokenizerFiles.TOKENIZER,
            TokenizerFiles.VOCAB,
            TokenizerFiles.MERGES,
            TokenizerFiles.REDUCED,
            "tokenizer_config.json",
            "special_tokens_map.json");

    private static final Pattern SPLIT = Pattern.compile("(.*\\.attn\\.)([qkv])_proj\\.(weight|bias)");

    private final Checkpoint checkpoint;
    private final Function<String, Optional<TensorView>> trained;

    CheckpointWriter(Checkpoint checkpoint, Function<String, Optional<TensorView>> trained) {
        this.checkpoint = checkpoint;
        this.trained = trained;
    }

    /** Every file that may be written. */
    static List<String> fileNames() {
        var names = new ArrayList<>(COMPANIONS);
        names.add(CheckpointFiles.WEIGHTS);
        names.add(CheckpointFiles.HUGGING_FACE_CONFIG);
        names.add(CheckpointFiles.OPEN_CLIP_CONFIG);
        names.add(CheckpointFiles.PREPROCESSOR);
        return List.copyOf(names);
    }

    void write(Path directory) {
        if (checkpoint.isIn(directory)) {
            throw new CheckpointException(
                    directory + " holds the model that was read: save to another folder, so that it stays what it is");
        }
        var target = directory.resolve(CheckpointFiles.WEIGHTS);
        for (var name : checkpoint.weights().unsupported().keySet()) {
            LOG.warn("{} is left out of {}: its type isn't supported", name, target);
        }
        var tensors = checkpoint.weights().tensors().stream()
                .filter(tensor -> isSaved(tensor.name()))
                .map(this::replaced)
                .toList();
        COMPANIONS.forEach(name -> copy(name, directory));
        writeConfiguration(directory);
        Map<String, String> metadata = new HashMap<>(checkpoint.weights().metadata());
        metadata.putIfAbsent("format", "pt");
        SafetensorsWriter.write(target, tensors, metadata);
    }

    /** open_clip takes no constants that it computes itself; old versions of transformers want them back. */
    private boolean isSaved(String name) {
        return checkpoint.naming() == Naming.HUGGING_FACE || !Naming.isBuffer(name);
    }

    private TensorView replaced(TensorView original) {
        if (Naming.isBuffer(original.name())) {
            return original;
        }
        var naming = checkpoint.naming();
        var canonical = naming.canonical(original.name()).orElseThrow();
        var replacement = replacement(canonical);
        if (replacement.isEmpty()) {
            return original;
        }
        var oriented = naming.isTransposed(canonical) ? transposed(replacement.get()) : replacement.get();
        if (!Arrays.equals(oriented.shape(), original.shape()) && oriented.elements() * original.elements() != 1) {
            throw new IllegalArgumentException("The trained tensor " + canonical + " has shape "
                    + Arrays.toString(oriented.shape()) + " in place of " + Arrays.toString(original.shape()));
        }
        return new TensorView(
                original.name(),
                oriented.type(),
                original.shape(),
                oriented.elements() == 1 ? new long[original.shape().length] : oriented.strides(),
                oriented.buffer());
    }

    private Optional<TensorView> replacement(String canonical) {
        var replacement = trained.apply(canonical);
        var split = SPLIT.matcher(canonical);
        if (replacement.isPresent() || !split.matches()) {
            return replacement;
        }
        int part = "qkv".indexOf(split.group(2));
        return trained.apply(split.group(1) + "in_proj_" + split.group(3)).map(stacked -> third(stacked, part));
    }

    /** Rows of query, key or value in the stacked matrix or bias. */
    private static TensorView third(TensorView stacked, int part) {
        long[] shape = stacked.shape();
        shape[0] /= 3;
        long offset = part * shape[0] * stacked.strides()[0] * stacked.type().bytes();
        var buffer = stacked.buffer().slice(offset, stacked.buffer().size() - offset);
        return new TensorView(stacked.name(), stacked.type(), shape, stacked.strides(), buffer);
    }

    private static TensorView transposed(TensorView tensor) {
        long[] shape = tensor.shape();
        long[] strides = tensor.strides();
        return new TensorView(
                tensor.name(),
                tensor.type(),
                new long[] {shape[1], shape[0]},
                new long[] {strides[1], strides[0]},
                tensor.buffer());
    }

    private void copy(String name, Path directory) {
        checkpoint.files().companion(name).ifPresent(file -> {
            try {
                AtomicFile.write(directory.resolve(name), Files.readAllBytes(file));
            } catch (IOException failure) {
                throw new CheckpointException(file + " cannot be read: " + Folders.reason(failure), failure);
            }
        });
    }

    private void writeConfiguration(Path directory) {
        boolean huggingFace = checkpoint.naming() == Naming.HUGGING_FACE;
        var name = ConfigurationFiles.fileName(checkpoint.naming());
        if (checkpoint.hasOwnConfiguration()) {
            copy(name, directory);
        } else if (huggingFace) {
            writeJson(directory.resolve(name), HuggingFaceConfiguration.write(checkpoint.configuration()));
        } else {
            var root = Json.MAPPER.createObjectNode();
            root.set(
                    "model_cfg",
                    OpenClipConfiguration.write(checkpoint.configuration())
                            .put("custom_text", checkpoint.naming() == Naming.CUSTOM_TEXT));
            root.set("preprocess_cfg", PreprocessingFiles.writeOpenClip(checkpoint.preprocessing()));
            writeJson(directory.resolve(name), root);
        }
        if (huggingFace
                && checkpoint.files().companion(CheckpointFiles.PREPROCESSOR).isPresent()) {
            copy(CheckpointFiles.PREPROCESSOR, directory);
        } else if (huggingFace) {
            writeJson(
                    directory.resolve(CheckpointFiles.PREPROCESSOR),
                    PreprocessingFiles.writeHuggingFace(checkpoint.preprocessing()));
        }
    }

    private static void writeJson(Path file, JsonNode node) {
        AtomicFile.write(file, node.toPrettyString() + "\n");
    }
}
