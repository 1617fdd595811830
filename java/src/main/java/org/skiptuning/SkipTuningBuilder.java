package org.skiptuning;

/**
 * Builds {@link TrainingSettings}, and with them a {@link SkipTuning}. Starts from the paper's values (ω = 9, r = 0.05)
 * with its base-to-new schedule. Values are checked when built.
 */
public final class SkipTuningBuilder {
    private Method method;
    private int shots;
    private ClassSubset classes;
    private StartLayer imageStartLayer;
    private StartLayer textStartLayer;
    private double topRatio;
    private double lambda;
    private int maxClasses;
    private MaskPolicy mask;
    private int epochs;
    private int batchSize;
    private double learningRate;
    private double imageLearningRate;
    private double momentum;
    private double weightDecay;
    private int warmupEpochs;
    private double warmupLearningRate;
    private Optimizer optimizer;
    private PictureAugmentation augmentation;
    private int views;
    private Precision precision;
    private long seed;
    private String templates;
    private boolean evaluateAtEnd;
    private boolean referencePath;

    SkipTuningBuilder(TrainingSettings start) {
        set(start);
    }

    /** Which parameters train, and against which classes. */
    public SkipTuningBuilder method(Method value) {
        method = value;
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

    /** {@code skip-tuning}, {@code coop}, or a text with {@code {}} for the class name. */
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
     * Takes over what a preset says and leaves the rest: {@code paper}, {@code reference} (the public implementation's
     * defaults), {@code full} (the full fine-tuning baseline), or {@code bundled} and {@code bundled-full} (what the demo
     * trains the bundled model with).
     *
     * @throws IllegalArgumentException for a name that is not among {@link Presets#methods()}
     */
    public SkipTuningBuilder preset(String name) {
        return set(Presets.apply(settings(), Presets.method(name)));
    }

    /**
     * Takes over a protocol's rates, epochs, warm-up and batch: {@code base-to-new}, {@code cross-dataset},
     * {@code domain} or {@code few-shot}.
     *
     * @throws IllegalArgumentException for a name that is not among {@link Presets#schedules()}
     */
    public SkipTuningBuilder schedule(String protocol) {
        return set(Presets.apply(settings(), Presets.schedule(protocol)));
    }

    /**
     * The same for one data set: on the large ones (ImageNet, SUN397, Food101) a quarter of the epochs, at least one, as
     * the public implementation does.
     *
     * @param dataSet its name as {@link org.skiptuning.data.Datasets#names()} has it, in capitals or not; any other name
     *     takes all epochs
     * @throws IllegalArgumentException for a protocol that is not among {@link Presets#schedules()}
     */
    public SkipTuningBuilder schedule(String protocol, String dataSet) {
        schedule(protocol);
        return Presets.quartersEpochs(dataSet) ? epochs(Math.max(1, epochs / 4)) : this;
    }

    /**
     * The settings as they stand.
     *
     * @throws IllegalArgumentException naming the value that is out of range, and the range
     */
    public TrainingSettings settings() {
        return new TrainingSettings(
                method,
                shots,
                classes,
                imageStartLayer,
                textStartLayer,
                topRatio,
                lambda,
                maxClasses,
                mask,
                epochs,
                batchSize,
                learningRate,
                imageLearningRate,
                momentum,
                weightDecay,
                warmupEpochs,
                warmupLearningRate,
                optimizer,
                augmentation,
                views,
                precision,
                seed,
                templates,
                evaluateAtEnd,
                referencePath);
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
        shots = start.shots();
        classes = start.classes();
        imageStartLayer = start.imageStartLayer();
        textStartLayer = start.textStartLayer();
        topRatio = start.topRatio();
        lambda = start.lambda();
        maxClasses = start.maxClasses();
        mask = start.mask();
        epochs = start.epochs();
        batchSize = start.batchSize();
        learningRate = start.learningRate();
        imageLearningRate = start.imageLearningRate();
        momentum = start.momentum();
        weightDecay = start.weightDecay();
        warmupEpochs = start.warmupEpochs();
        warmupLearningRate = start.warmupLearningRate();
        optimizer = start.optimizer();
        augmentation = start.augmentation();
        views = start.views();
        precision = start.precision();
        seed = start.seed();
        templates = start.templates();
        evaluateAtEnd = start.evaluateAtEnd();
        referencePath = start.referencePath();
        return this;
    }
}
