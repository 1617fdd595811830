package org.skiptuning;

import java.nio.file.Path;
import java.util.List;
import org.skiptuning.data.DataSet;
import org.skiptuning.data.TemplateSet;
import org.skiptuning.files.Uninterrupted;

/**
 * A fine-tuned CLIP. Its weights are an ordinary CLIP's: it classifies any labels, and what it saves any tool opens that
 * opened the original.
 *
 * <p>Safe to use from several threads. Holds native memory: close it. Using it after that is an
 * {@link IllegalStateException}.
 */
public final class FineTuned implements AutoCloseable {
    private final Model model;
    private final TunedRecord record;

    FineTuned(Model model, TunedRecord record) {
        this.model = model;
        this.record = record;
    }

    /**
     * Loads what {@link #save} or a run's directory holds.
     *
     * @throws CheckpointException if the folder is no fine-tuned model
     */
    public static FineTuned load(Path directory) {
        return load(directory, LoadOptions.defaults());
    }

    /** The same with options. A model that was trained on pictures turned by their EXIF orientation turns them anyway. */
    public static FineTuned load(Path directory, LoadOptions options) {
        var record = TunedRecord.read(directory);
        var turns = options.applyOrientation() || record.applyExifOrientation();
        return new FineTuned(Model.load(directory, options.withApplyOrientation(turns)), record);
    }

    /** The settings it was trained with. */
    public TrainingSettings settings() {
        return record.settings();
    }

    /** What its training came to. */
    public TrainingResult result() {
        return record.result();
    }

    /** The classes it was trained on, in label order. */
    public List<String> classNames() {
        return record.classNames();
    }

    /** The prompt it was trained with; {@code {}} stands for the class name. */
    public String template() {
        return record.template();
    }

    public ModelInfo info() {
        return model.info();
    }

    /** How it was loaded, and how it reads pictures. */
    public LoadOptions options() {
        return model.options();
    }

    /**
     * Top-1 accuracy on the test pictures, with prompts from the settings' templates.
     *
     * @throws DataSetException if the data set has no test pictures or one cannot be read
     */
    public Evaluation evaluate(DataSet data) {
        return evaluate(data, ProgressListener.none());
    }

    /** The same, with progress. */
    public Evaluation evaluate(DataSet data, ProgressListener progress) {
        return model.evaluate(data, TemplateSet.of(settings().templates()), progress);
    }

    /** Features of pictures: [images, embedding size], each row of length 1. */
    public Features encodeImages(List<Path> images) {
        return model.encodeImages(images, ProgressListener.none());
    }

    /** Features of texts: [texts, embedding size], each row of length 1. */
    public Features encodeTexts(List<String> texts) {
        return model.encodeTexts(texts, ProgressListener.none());
    }

    /**
     * Probabilities of labels for a picture, best first, with the prompt it was trained with. The labels need not be
     * those of the training.
     *
     * @throws DataSetException if the picture cannot be read
     */
    public List<Prediction> classify(Path image, List<String> labels) {
        return classify(List.of(image), labels).getFirst();
    }

    /** The same for pictures: one list each. */
    public List<List<Prediction>> classify(List<Path> images, List<String> labels) {
        return model.classify(images, labels, TemplateSet.of(template()));
    }

    /**
     * Writes an ordinary checkpoint, in the naming the original came in: {@code model.safetensors} with the
     * configuration, preprocessing and tokenizer files of its kind, and the settings and result under the key
     * {@code skip_tuning} of {@code config.json}. A path that ends with {@code .safetensors} gets the weights alone.
     * Every file appears whole or not at all.
     *
     * @throws SkipTuningException if it cannot be written
     */
    public void save(Path path) {
        Uninterrupted.run(() -> {
            if (path.toString().endsWith(".safetensors")) {
                model.saveWeights(path);
            } else {
                model.save(path);
                record.write(path);
            }
        });
    }

    /** Frees the native memory, unless a running call still needs it. */
    @Override
    public void close() {
        model.close();
    }
}
