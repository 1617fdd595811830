package org.skiptuning;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.skiptuning.data.DataSet;
import org.skiptuning.data.TemplateSet;
import org.skiptuning.files.Folders;
import org.skiptuning.files.Uninterrupted;

/**
 * A fine-tuned CLIP. Of most methods its weights are an ordinary CLIP's: it classifies any labels, and what it saves any
 * tool opens that opened the original. Others ({@link Method#leavesOrdinaryModel()}) leave parameters of their own beside
 * the model that they were trained on, which is needed again where they are loaded.
 *
 * <p>Safe to use from several threads. Holds native memory: close it. Using it after that is an
 * {@link IllegalStateException}.
 */
public final class FineTuned implements AutoCloseable {
    private final Model model;
    private final TunedRecord record;
    private final Optional<OwnTensors> own;

    /** @param own of a method that leaves no ordinary model; closed with this */
    FineTuned(Model model, TunedRecord record, Optional<OwnTensors> own) {
        this.model = model;
        this.record = record;
        this.own = own;
        own.ifPresent(model::closeAlso);
    }

    /**
     * Loads what {@link #save} or a run's directory holds.
     *
     * @throws BaseModelException if the model that a method's parameters were trained beside isn't where it was
     * @throws CheckpointException if the folder is no fine-tuned model
     */
    public static FineTuned load(Path directory) {
        return load(directory, LoadOptions.defaults());
    }

    /** The same with options. A model that was trained on pictures turned by their EXIF orientation turns them anyway. */
    public static FineTuned load(Path directory, LoadOptions options) {
        var record = TunedRecord.read(directory);
        return record.settings().method().leavesOrdinaryModel()
                ? new FineTuned(Model.load(directory, turning(record, options)), record, Optional.empty())
                : load(directory, Path.of(record.baseModelPath()), options);
    }

    /**
     * The same of a method that leaves no ordinary model, where the model that it was trained on lies elsewhere now.
     *
     * @param baseModel that model; of other methods it isn't looked at
     * @throws BaseModelException if it isn't there, or is another model
     * @throws CheckpointException as {@link #load(Path)}
     */
    public static FineTuned load(Path directory, Path baseModel, LoadOptions options) {
        var record = TunedRecord.read(directory);
        var method = record.settings().method();
        if (method.leavesOrdinaryModel()) {
            return load(directory, options);
        }
        if (!Files.exists(baseModel)) {
            throw new BaseModelException(directory + " holds what the method " + method.title()
                    + " trained beside a model, and that is not at " + baseModel);
        }
        var model = Model.load(baseModel, turning(record, options));
        try {
            if (!model.contentHash().equals(record.baseModel())) {
                throw new BaseModelException(baseModel + " is not the model that " + directory
                        + " was trained on: its weights' SHA-256 is " + model.contentHash() + ", not "
                        + record.baseModel());
            }
            return new FineTuned(model, record, Optional.of(OwnTensors.read(directory, method, record.baseModel())));
        } catch (Throwable failure) {
            model.close();
            throw failure;
        }
    }

    /**
     * Whether a folder holds an ordinary checkpoint, and not only what was trained beside one.
     *
     * @throws CheckpointException if the folder is no fine-tuned model
     */
    public static boolean holdsOrdinaryModel(Path directory) {
        return TunedRecord.read(directory).settings().method().leavesOrdinaryModel();
    }

    private static LoadOptions turning(TunedRecord record, LoadOptions options) {
        return options.withApplyOrientation(options.applyOrientation() || record.applyExifOrientation());
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

    /** Whether these classes are all among those that it was trained on, by their names as prompts have them. */
    public boolean wasTrainedOn(Collection<String> classNames) {
        var known = classNames().stream().map(TemplateSet::spoken).collect(Collectors.toSet());
        return classNames.stream().map(TemplateSet::spoken).allMatch(known::contains);
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
        return model.using(
                () -> new Evaluator(model, scores(TemplateSet.of(settings().templates()))).evaluate(data, progress));
    }

    private PictureScores scores(TemplateSet templates) {
        return own.<PictureScores>map(tensors -> new MethodScores(model, settings(), record.classNames(), tensors))
                .orElseGet(() -> new NearestPrompt(model, templates));
    }

    /**
     * A loss is that of the step before: one picture shows what the last update came to.
     *
     * @throws SkipTuningException if its probabilities aren't finite
     */
    void requireUsable(DataSet data) {
        var picture = data.train().getFirst().path();
        model.using(() -> scores(TemplateSet.of(settings().templates()))
                .score(data, List.of(picture), false, Phase.ENCODE_IMAGES, ProgressListener.none()));
    }

    /**
     * Features of pictures: [images, embedding size], each row of length 1.
     *
     * @throws IllegalStateException if the method leaves no ordinary model
     */
    public Features encodeImages(List<Path> images) {
        requireOrdinary();
        return model.encodeImages(images, ProgressListener.none());
    }

    /**
     * Features of texts: [texts, embedding size], each row of length 1.
     *
     * @throws IllegalStateException if the method leaves no ordinary model
     */
    public Features encodeTexts(List<String> texts) {
        requireOrdinary();
        return model.encodeTexts(texts, ProgressListener.none());
    }

    /**
     * Probabilities of labels for a picture, best first, with the prompt it was trained with. The labels need not be
     * those of the training; what a method keeps by class it finds by the class's name.
     *
     * @throws DataSetException if the picture cannot be read
     * @throws SkipTuningException if the method knows only the classes that it was trained on, and others are among them
     */
    public List<Prediction> classify(Path image, List<String> labels) {
        return classify(List.of(image), labels).getFirst();
    }

    /** The same for pictures: one list each. */
    public List<List<Prediction>> classify(List<Path> images, List<String> labels) {
        return model.using(() -> new Evaluator(model, scores(TemplateSet.of(template())))
                .classify(images, labels, record.templateKey()));
    }

    /** @throws IllegalStateException if the method leaves none */
    Model ordinaryModel() {
        requireOrdinary();
        return model;
    }

    private void requireOrdinary() {
        if (own.isPresent()) {
            throw new IllegalStateException(
                    settings().method() + " leaves no ordinary CLIP, so there are no features but its predictions");
        }
    }

    /**
     * Writes an ordinary checkpoint, in the naming the original came in: {@code model.safetensors} with the
     * configuration, preprocessing and tokenizer files of its kind, and the settings and result under the key
     * {@code skip_tuning} of {@code config.json}. A path that ends with {@code .safetensors} gets the weights alone. Of a
     * method that leaves no ordinary model a folder gets {@code method.safetensors}, and the same {@code config.json}.
     * Every file appears whole or not at all.
     *
     * @throws SkipTuningException if it cannot be written
     */
    public void save(Path path) {
        Uninterrupted.run(() -> {
            if (own.isPresent()) {
                Folders.create(path);
                own.get().write(path, settings().method(), record.baseModel());
                record.write(path);
            } else if (path.toString().endsWith(".safetensors")) {
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
