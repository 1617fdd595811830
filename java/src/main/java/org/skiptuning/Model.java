package org.skiptuning;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.skiptuning.checkpoint.Checkpoint;
import org.skiptuning.data.DataSet;
import org.skiptuning.data.TemplateSet;
import org.skiptuning.ffi.ElementType;
import org.skiptuning.ffi.NativeBuffer;
import org.skiptuning.ffi.NativeContext;
import org.skiptuning.ffi.NativeModel;
import org.skiptuning.ffi.NotUnitException;
import org.skiptuning.ffi.TensorView;
import org.skiptuning.files.Folders;

/** Weights on a device together with what turns texts and pictures into their input; original or fine-tuned. */
final class Model implements AutoCloseable {
    static final String WEIGHTS = "model.safetensors";

    private final SharedCheckpoint shared;
    private final NativeModel weights;
    private final LoadOptions options;
    private final ModelInfo info;
    private final TrainedTensors trained;
    private final UseCount uses = new UseCount(this::free);
    private final AtomicBoolean closed = new AtomicBoolean();
    private volatile Optional<OwnTensors> attached = Optional.empty();

    private Model(
            SharedCheckpoint shared, NativeModel weights, LoadOptions options, ModelInfo info, TrainedTensors trained) {
        this.shared = shared;
        this.weights = weights;
        this.options = options;
        this.info = info;
        this.trained = trained;
    }

    static Model load(Path path, LoadOptions options) {
        OwnTensors.refuseAsModel(path);
        var shared = SharedCheckpoint.open(path, options);
        try {
            var checkpoint = shared.checkpoint();
            var weights = create(shared.context(), checkpoint);
            return new Model(shared, weights, options, info(path, checkpoint, shared.context()), TrainedTensors.none());
        } catch (Throwable failure) {
            shared.release();
            throw failure;
        }
    }

    private static NativeModel create(NativeContext context, Checkpoint checkpoint) {
        try {
            return NativeModel.create(context, checkpoint.configuration().toNativeJson(), checkpoint.tensors());
        } catch (CheckpointException unusable) {
            throw new CheckpointException(
                    checkpoint.weightsPath() + ": " + unusable.getMessage() + "; fetch or save the weights again",
                    unusable);
        }
    }

    private static ModelInfo info(Path path, Checkpoint checkpoint, NativeContext context) {
        var shape = checkpoint.configuration();
        return new ModelInfo(
                path.toString(),
                checkpoint.naming().label(),
                Devices.name(context),
                shape.image().size(),
                shape.image().layers(),
                shape.text().layers(),
                shape.text().context(),
                shape.embedDim());
    }

    /**
     * A second model with the same weights, which training may change without changing these; within {@link #using}.
     *
     * @param trained the tensors it will change
     */
    Model fork(TrainedTensors trained) {
        shared.retain();
        try {
            return new Model(shared, weights.fork(), options, info, trained);
        } catch (Throwable failure) {
            shared.release();
            throw failure;
        }
    }

    ModelInfo info() {
        return info;
    }

    LoadOptions options() {
        return options;
    }

    NativeModel weights() {
        return weights;
    }

    String contentHash() {
        return shared.contentHash();
    }

    NativeContext context() {
        return shared.context();
    }

    /** Whether a picture that is left out is named for the first time by this model or those it shares weights with. */
    boolean isNewlyNamed(Path picture) {
        return shared.isNewlyNamed(picture);
    }

    Checkpoint checkpoint() {
        return shared.checkpoint();
    }

    Precision precision() {
        return options.precision();
    }

    /**
     * @param input what was encoded, for the message
     */
    SkipTuningException withoutDirection(String input, NotUnitException cause) {
        var reason = trained.equals(TrainedTensors.none())
                ? "the weights of " + info.source() + " are damaged, or not those of its configuration"
                : "training has left weights of no use, so lower the learning rates";
        var message = "The features of " + input + " aren't finite or are all zero: " + reason
                + (precision() == Precision.FP16 ? "; or use precision bf16 or fp32" : "");
        return trained.equals(TrainedTensors.none())
                ? new SkipTuningException(message, cause)
                : new TrainingDivergedException(message, cause);
    }

    /** exp(logit_scale): what similarities are multiplied by. */
    double logitScale() {
        try (var scale = NativeBuffer.allocate(Float.BYTES)) {
            weights.readTensor("logit_scale", ElementType.FLOAT32, scale);
            var value = new float[1];
            scale.getFloats(0, value, 0, 1);
            return Math.exp(value[0]);
        }
    }

    Features encodeImages(List<Path> images, ProgressListener progress) {
        return using(() -> new ImageEncoder(this)
                .encode(images, false, Phase.ENCODE_IMAGES, progress)
                .features());
    }

    Features encodeTexts(List<String> texts, ProgressListener progress) {
        return using(() -> new TextEncoder(this).encode(texts, progress));
    }

    Evaluation evaluate(DataSet data, TemplateSet templates, ProgressListener progress) {
        return using(() -> new Evaluator(this, new NearestPrompt(this, templates)).evaluate(data, progress));
    }

    List<List<Prediction>> classify(List<Path> images, List<String> labels, TemplateSet template) {
        return using(() -> new Evaluator(this, new NearestPrompt(this, template)).classify(images, labels, ""));
    }

    /** Writes weights, configuration, preprocessing and tokenizer into a folder. */
    void save(Path directory) {
        using(() -> {
            Folders.create(directory);
            var changed = weights.tensors().stream()
                    .filter(tensor -> trained.contains(tensor.name()))
                    .collect(Collectors.toMap(TensorView::name, tensor -> tensor));
            checkpoint().save(directory, name -> Optional.ofNullable(changed.get(name)));
            return directory;
        });
    }

    /** Writes the weights alone: into a folder beside the file, from which they are moved into place. */
    void saveWeights(Path file) {
        if (checkpoint().isFrom(file)) {
            throw new CheckpointException(
                    file + " is the model that was read: save to another file, so that it stays what it is");
        }
        var folder = file.toAbsolutePath().resolveSibling("." + file.getFileName() + ".parts");
        try {
            save(folder);
            Files.move(
                    folder.resolve(WEIGHTS), file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new SkipTuningException("Cannot write " + file + ": " + Folders.reason(e), e);
        } finally {
            Folders.deleteQuietly(folder);
        }
    }

    /** Runs something that a close meanwhile must not break: that takes effect after it. */
    <T> T using(Supplier<T> work) {
        if (closed.get()) {
            throw new IllegalStateException("The model is closed");
        }
        uses.retain();
        try {
            return work.get();
        } finally {
            uses.release();
        }
    }

    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            uses.release();
        }
    }

    /** Closes something with the last use of this. */
    void closeAlso(OwnTensors other) {
        attached = Optional.of(other);
    }

    private void free() {
        try {
            attached.ifPresent(OwnTensors::close);
            weights.close();
        } finally {
            shared.release();
        }
    }
}
