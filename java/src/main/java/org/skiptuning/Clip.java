package org.skiptuning;

import java.nio.file.Path;
import java.util.List;
import org.skiptuning.data.DataSet;
import org.skiptuning.data.TemplateSet;

/**
 * A CLIP on a device: two towers that map pictures and texts into one space.
 *
 * <p>Safe to use from several threads. Holds native memory: close it. Using it after that is an
 * {@link IllegalStateException}. A {@link FineTuned} made from it shares its memory and may outlive it.
 */
public final class Clip implements AutoCloseable {
    private final Model model;

    private Clip(Model model) {
        this.model = model;
    }

    /**
     * Loads a checkpoint with {@link LoadOptions#defaults()}.
     *
     * @param path an OpenAI {@code .pt}, a Hugging Face or open_clip folder, or a bare {@code .safetensors}
     * @throws CheckpointException if it cannot be used
     */
    public static Clip load(Path path) {
        return load(path, LoadOptions.defaults());
    }

    /**
     * Loads a checkpoint.
     *
     * @param path an OpenAI {@code .pt}, a Hugging Face or open_clip folder, or a bare {@code .safetensors}
     * @throws CheckpointException if it cannot be used
     * @throws DeviceMemoryException if the device has too little memory
     * @throws SkipTuningException if the device is not there
     */
    public static Clip load(Path path, LoadOptions options) {
        return new Clip(Model.load(path, options));
    }

    /** What was loaded: shapes, preprocessing, origin. */
    public ModelInfo info() {
        return model.info();
    }

    /** SHA-256 of the weights, which are read whole for it the first time. */
    public String contentHash() {
        return model.using(model::contentHash);
    }

    /** How it was loaded. */
    public LoadOptions options() {
        return model.options();
    }

    /**
     * Features of pictures, resized and cropped as the checkpoint asks.
     *
     * @return [images, embedding size], each row of length 1
     * @throws DataSetException naming the picture that cannot be read
     */
    public Features encodeImages(List<Path> images) {
        return encodeImages(images, ProgressListener.none());
    }

    /** The same, with progress. */
    public Features encodeImages(List<Path> images, ProgressListener progress) {
        return model.encodeImages(images, progress);
    }

    /**
     * Features of texts; those longer than the model's context are cut, their end token kept.
     *
     * @return [texts, embedding size], each row of length 1
     */
    public Features encodeTexts(List<String> texts) {
        return encodeTexts(texts, ProgressListener.none());
    }

    /** The same, with progress. */
    public Features encodeTexts(List<String> texts, ProgressListener progress) {
        return model.encodeTexts(texts, progress);
    }

    /**
     * Top-1 accuracy on a data set's test pictures without training: each picture goes to the class whose prompt's
     * features are nearest.
     *
     * @param templates makes the prompt of each class
     * @throws DataSetException if the data set has no test pictures or one cannot be read
     */
    public Evaluation zeroShot(DataSet data, TemplateSet templates, ProgressListener progress) {
        return model.evaluate(data, templates, progress);
    }

    /**
     * Probabilities of labels for a picture, best first, with the prompt {@code a photo of a LABEL.}
     *
     * @throws DataSetException if the picture cannot be read
     */
    public List<Prediction> classify(Path image, List<String> labels) {
        return classify(List.of(image), labels, TemplateSet.of("a photo of a {}."))
                .getFirst();
    }

    /**
     * Probabilities of labels for pictures: the softmax over exp(logit_scale) · cos(picture, prompt), best first.
     *
     * @param template a text with {@code {}} where the label goes
     * @return one list a picture
     */
    public List<List<Prediction>> classify(List<Path> images, List<String> labels, TemplateSet template) {
        return model.classify(images, labels, template);
    }

    /** Frees the native memory, unless a {@link FineTuned} or a running call still needs it. */
    @Override
    public void close() {
        model.close();
    }

    Model model() {
        return model;
    }
}
