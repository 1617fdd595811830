package org.skiptuning;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.skiptuning.checkpoint.SafetensorsFile;
import org.skiptuning.checkpoint.SafetensorsWriter;
import org.skiptuning.ffi.NativeBuffer;
import org.skiptuning.ffi.TensorView;

/** What a method that leaves no ordinary model predicts with, beside the model: its parameters and what it chose. */
final class OwnTensors implements AutoCloseable {
    /** In a run's folder. */
    static final String FILE = "method.safetensors";

    private static final String METHOD = "method";
    private static final String BASE_MODEL = "base_model";

    /** Names that the core gives to what a prediction needs. */
    private static final List<String> PARTS = List.of("own/", "kept/");

    /** Of a method that keeps pictures: the class of each. */
    private static final String LABELS = "kept/cache.labels";

    /** Of the linear probe: how far its search of a cost is. */
    static final String SEARCH = "kept/search";

    /** Of a head beside prompts: a row a class. */
    private static final String HEAD = "own/head.weight";

    private final List<TensorView> tensors = new ArrayList<>();

    private OwnTensors(List<TensorView> state) {
        try {
            for (var tensor : state) {
                if (PARTS.stream().anyMatch(tensor.name()::startsWith)) {
                    var bytes = tensor.elements() * tensor.type().bytes();
                    var copy = NativeBuffer.allocate(bytes);
                    tensors.add(TensorView.contiguous(tensor.name(), tensor.type(), tensor.shape(), copy));
                    copy.copyFrom(0, tensor.buffer(), 0, bytes);
                }
            }
        } catch (Throwable failure) {
            close();
            throw failure;
        }
    }

    /** Copies them out of a trainer's state. */
    static OwnTensors copyOf(List<TensorView> state) {
        return new OwnTensors(state);
    }

    /**
     * @param method that they are to be of
     * @param baseModel SHA-256 of the weights that they are to belong to
     * @throws CheckpointException if the file is missing or damaged, or of another method or model
     */
    static OwnTensors read(Path directory, Method method, String baseModel) {
        try (var file = SafetensorsFile.open(directory.resolve(FILE))) {
            var metadata = file.metadata();
            if (!method.toString().equals(metadata.get(METHOD)) || !baseModel.equals(metadata.get(BASE_MODEL))) {
                throw new CheckpointException(directory.resolve(FILE) + " is not what the run in this folder wrote: its"
                        + " method or model is another than that of config.json");
            }
            for (var tensor : file.tensors()) {
                check(tensor, directory);
            }
            return new OwnTensors(file.tensors());
        }
    }

    private static void check(TensorView tensor, Path directory) {
        if (PARTS.stream().noneMatch(tensor.name()::startsWith)) {
            throw new CheckpointException(
                    directory.resolve(FILE) + " has a tensor " + tensor.name() + ", which no method leaves");
        }
        if (tensor.name().equals(LABELS) && (tensor.shape().length != 1 || tensor.shape()[0] < 1)) {
            throw new CheckpointException(directory.resolve(FILE) + " has the tensor " + LABELS
                    + " in another shape than a list of labels: take the file as train wrote it");
        }
    }

    /** @param baseModel SHA-256 of the weights they belong to */
    void write(Path directory, Method method, String baseModel) {
        SafetensorsWriter.write(
                directory.resolve(FILE),
                tensors,
                Map.of(METHOD, method.toString(), BASE_MODEL, baseModel, "format", "pt"));
    }

    List<TensorView> tensors() {
        return List.copyOf(tensors);
    }

    /** Pictures that the method keeps; 1 where it keeps none. */
    long pictures() {
        return tensors.stream()
                .filter(tensor -> tensor.name().equals(LABELS))
                .mapToLong(tensor -> tensor.shape()[0])
                .findFirst()
                .orElse(1);
    }

    boolean hasPictures() {
        return has(LABELS);
    }

    /** Whether some belong to a class each, beside what serves for any class. */
    boolean areByClass() {
        return hasPictures() || has(HEAD);
    }

    /** Whether validation pictures chose the linear probe's cost. */
    boolean hasSearched() {
        return has(SEARCH);
    }

    private boolean has(String name) {
        return tensors.stream().anyMatch(tensor -> tensor.name().equals(name));
    }

    @Override
    public void close() {
        tensors.forEach(tensor -> tensor.buffer().close());
    }

    /**
     * Says how a folder is opened that holds these, and no model.
     *
     * @throws CheckpointException if it is one
     */
    static void refuseAsModel(Path path) {
        if (Files.isRegularFile(path.resolve(FILE)) && TunedRecord.isIn(path)) {
            var method = TunedRecord.read(path).settings().method();
            if (!method.leavesOrdinaryModel()) {
                throw new CheckpointException(path + " holds what the method " + method.title()
                        + " trained beside a model, and no model: evaluate it, or predict with it, by --tuned " + path
                        + " (in Java FineTuned.load)");
            }
        }
    }
}
