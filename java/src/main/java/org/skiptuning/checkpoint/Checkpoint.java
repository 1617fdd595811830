package org.skiptuning.checkpoint;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.skiptuning.CheckpointException;
import org.skiptuning.ffi.TensorView;

/**
 * A CLIP checkpoint: its weights, memory-mapped, and all that is needed to use them.
 *
 * <p>Reads OpenAI's {@code .pt}, folders of Hugging Face (in one file or several) and open_clip, and bare files of weights
 * in any of the three {@linkplain Naming namings}. The tensors are views into the file and end when the checkpoint is closed.
 */
public final class Checkpoint implements AutoCloseable {
    /** The file in a run's folder from which it can be resumed. It lies where its model will, and isn't one. */
    public static final String TRAINING_STATE = "resume.safetensors";
    /** The same of a pre-training run. */
    public static final String PRETRAINING_STATE = "state.safetensors";

    private final CheckpointFiles files;
    private final WeightsFile weights;
    private final Naming naming;
    private final ClipConfiguration configuration;
    private final Preprocessing preprocessing;
    private final Tokenizer tokenizer;
    private final Map<String, TensorView> tensors;
    private final boolean hasOwnConfiguration;

    private Checkpoint(CheckpointFiles files, WeightsFile weights, Optional<String> configName) {
        var source = files.weights().toString();
        this.files = files;
        this.weights = weights;
        this.naming = Naming.detect(weights.names(), source);
        CanonicalTensors.requireSupported(weights, source);
        this.tensors = CanonicalTensors.of(weights, naming, source);
        this.configuration = ConfigurationFiles.configuration(files, weights, naming, tensors, configName);
        CanonicalTensors.check(tensors, configuration, naming, source);
        this.preprocessing = ConfigurationFiles.preprocessing(files, naming, configuration);
        ConfigurationFiles.requireTokenizer(files, naming);
        this.tokenizer = TokenizerFiles.open(files.folder(), configuration);
        this.hasOwnConfiguration = configName.isEmpty()
                && files.companion(ConfigurationFiles.fileName(naming)).isPresent();
    }

    /**
     * Opens a checkpoint and checks it whole: nothing that is missing, unknown or of a wrong shape gets past.
     *
     * @param path a folder, or a file of weights
     * @param configName for weights without a configuration: a name like {@code ViT-B-16-quickgelu}, or the path of a
     *     configuration file; wins over what lies beside the weights
     * @throws CheckpointException if it cannot be used; says why and what to do
     */
    public static Checkpoint open(Path path, Optional<String> configName) {
        var files = CheckpointFiles.locate(path);
        var weights = files.openWeights();
        try {
            return new Checkpoint(files, weights, configName);
        } catch (Throwable failure) {
            weights.close();
            throw failure;
        }
    }

    /**
     * Looks for the files, and into the index of a checkpoint in parts, but not into weights.
     *
     * @throws CheckpointException if there is no checkpoint at {@code path}
     */
    public static void requireThere(Path path) {
        CheckpointFiles.locate(path);
    }

    /** The file of weights, or the index of several; for messages. */
    public Path weightsPath() {
        return files.weights();
    }

    public ClipConfiguration configuration() {
        return configuration;
    }

    public Preprocessing preprocessing() {
        return preprocessing;
    }

    public Tokenizer tokenizer() {
        return tokenizer;
    }

    public Naming naming() {
        return naming;
    }

    /**
     * The weights under OpenAI's names and in its orientation, without a copy. In Hugging Face's naming query, key and
     * value stay apart: {@code ...attn.q_proj.weight} and so on in place of {@code ...attn.in_proj_weight}.
     */
    public List<TensorView> tensors() {
        return List.copyOf(tensors.values());
    }

    /** SHA-256 of the weights' file or files as they were opened, in hexadecimal; reads them whole. */
    public String contentHash() {
        return InputFiles.sha256(weights.files());
    }

    /**
     * Writes an ordinary checkpoint in the naming this one came in: {@code model.safetensors} with the trained tensors
     * in place of the old ones, in the type they were trained in, all others copied with theirs, and the configuration, preprocessing and tokenizer
     * files beside it, so that the tool it came from opens it. OpenAI's {@code .pt} becomes an open_clip folder.
     *
     * @param trained canonical name → tensor of the same shape, or empty where the old one stays; query, key and value
     *     may come stacked as {@code ...attn.in_proj_weight} whatever the naming
     * @throws CheckpointException if the disk is full or the folder cannot be written; each file appears whole or not
     *     at all, the weights last
     */
    public void save(Path directory, Function<String, Optional<TensorView>> trained) {
        new CheckpointWriter(this, trained).write(directory);
    }

    /** The names of all files that {@link #save} may write, whatever the naming. */
    public static List<String> fileNames() {
        return CheckpointWriter.fileNames();
    }

    /** Whether a path is the folder that this checkpoint was read from, its weights or its companions. */
    public boolean isIn(Path folder) {
        return files.isIn(folder);
    }

    /** Whether a path is a file of weights that this checkpoint was read from. */
    public boolean isFrom(Path file) {
        return files.isFrom(file);
    }

    CheckpointFiles files() {
        return files;
    }

    WeightsFile weights() {
        return weights;
    }

    boolean hasOwnConfiguration() {
        return hasOwnConfiguration;
    }

    @Override
    public void close() {
        try (weights) {
            tokenizer.close();
        }
    }
}
