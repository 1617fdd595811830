package org.skiptuning;

import java.util.Map;
import java.util.Set;

/**
 * Builds {@link TrainingSettings}, and with them a {@link SkipTuning}. Starts from the paper's values (ω = 9, r = 0.05)
 * with its base-to-new schedule. Values are checked when built.
 */
public final class SkipTuningBuilder {
    private Method method;
    private Map<String, Object> own;
    private int shots;
    private ClassSubset classes;
    private StartLayer imageStartLayer;
    private StartLayer textStartLayer;
    private double topRatio;
    private double lambda;
    private int maxClasses;
    private MaskPolicy mask;
    private int epochs;
    private int stepsPerShot;
    private int batchSize;
    private BatchPolicy batches;
    private double learningRate;
    private double imageLearningRate;
    private RateChange rateEvery;
    private double finalLearningRate;
    private double momentum;
    private double weightDecay;
    private double epsilon;
    private int warmupEpochs;
    private double warmupLearningRate;
    private Optimizer optimizer;
    private PictureAugmentation augmentation;
    private double cropScale;
    private int views;
    private Precision precision;
    private long seed;
    private String templates;
    private boolean evaluateAtEnd;
    private boolean referencePath;

    SkipTuningBuilder(TrainingSettings start) {
        set(start);
    }

    /**
     * Which method. Another one than before brings its published settings along; shots, classes, precision, seed and what
     * is no part of a recipe stay.
     */
    public SkipTuningBuilder method(Method value) {
        return value.equals(method)
                ? this
                : set(new SkipTuningBuilder(Presets.of(value))
                        .shots(shots)
                        .classes(classes)
                        .precision(precision)
                        .seed(seed)
                        .evaluateAtEnd(evaluateAtEnd)
                        .referencePath(referencePath)
                        .settings());
    }

    /**
     * A setting that this method has and others don't, by its name in {@link Method#ownSettings()}. What hangs on it
     * changes with it: with more vectors than a recipe's words have tokens, vectors begin at random.
     *
     * @param value a number, a truth or a text, or one of the first two as a text
     * @throws IllegalArgumentException if the method has no such setting, or not with this value
     */
    public SkipTuningBuilder set(String name, Object value) {
        return set(Map.of(name, value));
    }

    /** Several of them at once: what one of them brings along does not overrule another. */
    public SkipTuningBuilder set(Map<String, ?> values) {
        own = method.recipe().changed(method.toString(), own, Map.copyOf(values));
        return this;
    }

    /** Pictures a class that the data set is sampled down to before training; 0 trains on all given. */
    public SkipTuningBuilder shots(int value) {
        shots = value;
        return this;
    }

    /** The half of the classes that takes part; cut after sampling, as CoOp's protocol does. */
    public SkipTuningBuilder classes(ClassSubset value) {
        classes = value;
        return this;
    }

    /** Frozen blocks of the image tower (ω). */
    public SkipTuningBuilder imageStartLayer(StartLayer value) {
        imageStartLayer = value;
        return this;
    }

    /** Frozen blocks of the text tower (ω). */
    public SkipTuningBuilder textStartLayer(StartLayer value) {
        textStartLayer = value;
        return this;
    }

    /** Share of the classes surely kept in a step (r), up to 1; above 1 a number of classes. */
    public SkipTuningBuilder topRatio(double value) {
        topRatio = value;
        return this;
    }

    /** Scale of the exponential tail by which the other classes stay (λ); 0 drops them all. */
    public SkipTuningBuilder lambda(double value) {
        lambda = value;
        return this;
    }

    /** Cap on the surely kept classes; 0 has no cap. */
    public SkipTuningBuilder maxClasses(int value) {
        maxClasses = value;
        return this;
    }

    /** When the tail is drawn. */
    public SkipTuningBuilder mask(MaskPolicy value) {
        mask = value;
        return this;
    }

    /** Passes over the training pictures (E). */
    public SkipTuningBuilder epochs(int value) {
        epochs = value;
        return this;
    }

    /** Where above 0 the run has as many steps times the shots, in as many epochs as that takes. */
    public SkipTuningBuilder stepsPerShot(int value) {
        stepsPerShot = value;
        return this;
    }

    /** Which pictures share a batch. */
    public SkipTuningBuilder batches(BatchPolicy value) {
        batches = value;
        return this;
    }

    /** Pictures a step. */
    public SkipTuningBuilder batchSize(int value) {
        batchSize = value;
        return this;
    }

    /** Peak rate of the text tower and of everything outside the image tower. */
    public SkipTuningBuilder learningRate(double value) {
        learningRate = value;
        return this;
    }

    /** Peak rate of the image tower. */
    public SkipTuningBuilder imageLearningRate(double value) {
        imageLearningRate = value;
        return this;
    }

    /** How often the rates follow their cosine. */
    public SkipTuningBuilder rateEvery(RateChange value) {
        rateEvery = value;
        return this;
    }

    /** Where the rates' cosine ends. */
    public SkipTuningBuilder finalLearningRate(double value) {
        finalLearningRate = value;
        return this;
    }

    /** Of Adam's denominator. */
    public SkipTuningBuilder epsilon(double value) {
        epsilon = value;
        return this;
    }

    /** Momentum of SGD, undampened. */
    public SkipTuningBuilder momentum(double value) {
        momentum = value;
        return this;
    }

    /** On everything trained, biases and LayerNorms too. */
    public SkipTuningBuilder weightDecay(double value) {
        weightDecay = value;
        return this;
    }

    /** First epochs at the warm-up rate (w). */
    public SkipTuningBuilder warmupEpochs(int value) {
        warmupEpochs = value;
        return this;
    }

    /** Constant rate of every group during warm-up. */
    public SkipTuningBuilder warmupLearningRate(double value) {
        warmupLearningRate = value;
        return this;
    }

    /** How gradients change the weights. */
    public SkipTuningBuilder optimizer(Optimizer value) {
        optimizer = value;
        return this;
    }

    /** How training pictures vary. */
    public SkipTuningBuilder augmentation(PictureAugmentation value) {
        augmentation = value;
        return this;
    }

    /** Least share of a picture's area in a random crop. */
    public SkipTuningBuilder cropScale(double value) {
        cropScale = value;
        return this;
    }

    /**
     * Augmented views of each picture that the epochs take turns with; 0 draws every epoch afresh, as the method's own
     * implementation does. With V views each picture goes through the frozen blocks V times in all instead of once an
     * epoch, which is most of the time of a run.
     */
    public SkipTuningBuilder views(int value) {
        views = value;
        return this;
    }

    /** Of the computation; weights, gradients' sums and momentum stay fp32. */
    public SkipTuningBuilder precision(Precision value) {
        precision = value;
        return this;
    }

    /** Of the sampling, the batches, the augmentation and the class-wise tail. */
    public SkipTuningBuilder seed(long value) {
        seed = value;
        return this;
    }

    /** One of {@link org.skiptuning.data.TemplateSet#names()}, or a text with {@code {}} for the class name. */
    public SkipTuningBuilder templates(String value) {
        templates = value;
        return this;
    }

    /** Evaluates the data set's test pictures once trained. */
    public SkipTuningBuilder evaluateAtEnd(boolean value) {
        evaluateAtEnd = value;
        return this;
    }

    /** Computes by plain automatic differentiation instead of the hand-written step; slow, for checking. */
    public SkipTuningBuilder referencePath(boolean value) {
        referencePath = value;
        return this;
    }

    /** Frozen blocks of both towers (ω). */
    public SkipTuningBuilder startLayer(StartLayer value) {
        return imageStartLayer(value).textStartLayer(value);
    }

    /** Frozen blocks of both towers (ω), as a count. */
    public SkipTuningBuilder startLayer(int blocks) {
        return startLayer(StartLayer.blocks(blocks));
    }

    /**
     * Takes over what a preset says and leaves the rest: {@code paper} or {@code reference} (the public implementation's
     * defaults) of Skip Tuning, or {@code bundled}, what a method trains the bundled model with.
     *
     * @throws IllegalArgumentException for a name that is not among {@link Presets#names()}, or not this method's
     */
    public SkipTuningBuilder preset(String name) {
        return set(Presets.withPreset(settings(), name));
    }

    /**
     * Takes over settings in the form that {@link #json} has, all or some of them.
     *
     * @throws SkipTuningException if one is unknown, unusable, out of range or of no use to the method; this builder is
     *     then as it was
     */
    public SkipTuningBuilder json(String settings) {
        try {
            return set(SettingsChanges.applied(SettingsJson.object(settings), settings()));
        } catch (IllegalArgumentException unusable) {
            throw new SkipTuningException(String.valueOf(unusable.getMessage()), unusable);
        }
    }

    /** The settings as they stand as a JSON object, without those that mean nothing to the method. */
    public String json() {
        return SettingsJson.MAPPER.writerWithDefaultPrettyPrinter().writeValueAsString(UsedSettings.tree(settings()));
    }

    /**
     * Takes over the words that the method's recipe has for the small model that comes along, which does not know the
     * usual ones, in place of published ones: its templates, and what prompts and their vectors are made of. Other words
     * than published ones stay, so call it last.
     */
    public SkipTuningBuilder wordsOfBundledModel() {
        return wordsOfBundledModel(Set.of());
    }

    /**
     * The same, but for some.
     *
     * @param kept names of settings that stay as they are: {@code templates}, or the method's own
     */
    public SkipTuningBuilder wordsOfBundledModel(Set<String> kept) {
        return set(Presets.withBundledWords(settings(), kept));
    }

    /**
     * Takes over what the method's recipe says of a protocol, such as rates, epochs, warm-up and batch:
     * {@code base-to-new}, {@code cross-dataset}, {@code domain} or {@code few-shot}. Where a recipe's epochs hang on the
     * shots, set those before.
     *
     * @throws IllegalArgumentException for a name that is not among {@link Presets#schedules()}
     */
    public SkipTuningBuilder schedule(String protocol) {
        return schedule(protocol, "");
    }

    /**
     * The same for one data set: Skip Tuning takes a quarter of the epochs on the large ones (ImageNet, SUN397, Food101),
     * for one.
     *
     * @param dataSet its name as {@link org.skiptuning.data.Datasets#names()} has it, in capitals or not; any other name
     *     takes what all take
     * @throws IllegalArgumentException for a protocol that is not among {@link Presets#schedules()}
     */
    public SkipTuningBuilder schedule(String protocol, String dataSet) {
        return set(Presets.withSchedule(settings(), protocol, dataSet));
    }

    /**
     * The settings as they stand.
     *
     * @throws IllegalArgumentException naming the value that is out of range, and the range; or a setting that was
     *     changed and means nothing to the method
     */
    public TrainingSettings settings() {
        var settings = new TrainingSettings(
                method,
                own,
                shots,
                classes,
                imageStartLayer,
                textStartLayer,
                topRatio,
                lambda,
                maxClasses,
                mask,
                epochs,
                stepsPerShot,
                batchSize,
                batches,
                learningRate,
                imageLearningRate,
                rateEvery,
                finalLearningRate,
                momentum,
                weightDecay,
                epsilon,
                warmupEpochs,
                warmupLearningRate,
                optimizer,
                augmentation,
                cropScale,
                views,
                precision,
                seed,
                templates,
                evaluateAtEnd,
                referencePath);
        UsedSettings.check(settings);
        return settings;
    }

    /**
     * The fine-tuner.
     *
     * @throws IllegalArgumentException as {@link #settings()}
     */
    public SkipTuning build() {
        return new SkipTuning(settings());
    }

    private SkipTuningBuilder set(TrainingSettings start) {
        method = start.method();
        own = start.own();
        shots = start.shots();
        classes = start.classes();
        imageStartLayer = start.imageStartLayer();
        textStartLayer = start.textStartLayer();
        topRatio = start.topRatio();
        lambda = start.lambda();
        maxClasses = start.maxClasses();
        mask = start.mask();
        epochs = start.epochs();
        stepsPerShot = start.stepsPerShot();
        batchSize = start.batchSize();
        batches = start.batches();
        learningRate = start.learningRate();
        imageLearningRate = start.imageLearningRate();
        rateEvery = start.rateEvery();
        finalLearningRate = start.finalLearningRate();
        momentum = start.momentum();
        weightDecay = start.weightDecay();
        epsilon = start.epsilon();
        warmupEpochs = start.warmupEpochs();
        warmupLearningRate = start.warmupLearningRate();
        optimizer = start.optimizer();
        augmentation = start.augmentation();
        cropScale = start.cropScale();
        views = start.views();
        precision = start.precision();
        seed = start.seed();
        templates = start.templates();
        evaluateAtEnd = start.evaluateAtEnd();
        referencePath = start.referencePath();
        return this;
    }
}
