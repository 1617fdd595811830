package org.skiptuning;

import java.util.Collections;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.skiptuning.data.TemplateSet;

/**
 * Every hyper-parameter of a training run; what {@link SkipTuningBuilder} builds and {@code save} writes beside the
 * weights. Rates follow {@link Schedule}.
 *
 * @param method which parameters train, and against which classes
 * @param own settings that only this method has, by name; those left out get their published values
 * @param shots pictures a class that the data set is sampled down to before training; 0 trains on all given
 * @param classes the half of the classes that takes part; cut after sampling, as CoOp's protocol does
 * @param imageStartLayer frozen blocks of the image tower (ω)
 * @param textStartLayer frozen blocks of the text tower (ω)
 * @param topRatio share of the classes surely kept in a step (r), up to 1; above 1 a number of classes
 * @param lambda scale of the exponential tail by which the other classes stay (λ); 0 drops them all
 * @param maxClasses cap on the surely kept classes; 0 has no cap
 * @param mask when the tail is drawn
 * @param epochs passes over the training pictures (E)
 * @param stepsPerShot where above 0 the run has as many steps times the shots, and epochs as they come
 * @param batchSize pictures a step
 * @param batches which pictures share a batch
 * @param learningRate peak rate of the text tower and of everything outside the image tower
 * @param imageLearningRate peak rate of the image tower
 * @param rateEvery how often the rates follow their cosine
 * @param finalLearningRate where the cosine ends
 * @param momentum momentum of SGD, undampened
 * @param weightDecay on everything trained, biases and LayerNorms too
 * @param epsilon of Adam's denominator
 * @param warmupEpochs first epochs at the warm-up rate (w)
 * @param warmupLearningRate constant rate of every group during warm-up
 * @param optimizer how gradients change the weights
 * @param augmentation how training pictures vary
 * @param cropScale least share of a picture's area in a random crop
 * @param views augmented views of each picture that the epochs take turns with, so that each is put through the frozen
 *     blocks once; 0 draws every epoch afresh
 * @param precision of the computation; weights, gradients' sums and momentum stay fp32
 * @param seed of the sampling, the batches, the augmentation and the class-wise tail
 * @param templates {@code skip-tuning}, {@code coop}, or a text with {@code {}} for the class name
 * @param evaluateAtEnd evaluates the data set's test pictures once trained
 * @param referencePath computes by plain automatic differentiation instead of the hand-written step; slow, for
 *     checking
 */
public record TrainingSettings(
        Method method,
        Map<String, Object> own,
        int shots,
        ClassSubset classes,
        StartLayer imageStartLayer,
        StartLayer textStartLayer,
        double topRatio,
        double lambda,
        int maxClasses,
        MaskPolicy mask,
        int epochs,
        int stepsPerShot,
        int batchSize,
        BatchPolicy batches,
        double learningRate,
        double imageLearningRate,
        RateChange rateEvery,
        double finalLearningRate,
        double momentum,
        double weightDecay,
        double epsilon,
        int warmupEpochs,
        double warmupLearningRate,
        Optimizer optimizer,
        PictureAugmentation augmentation,
        double cropScale,
        int views,
        Precision precision,
        long seed,
        String templates,
        boolean evaluateAtEnd,
        boolean referencePath) {

    /** Keeps 0 / 0 out of Adam's update where a gradient is 0 from the start, as that of LoRA's A is. */
    private static final double LEAST_EPSILON = 1e-16;

    /**
     * @throws IllegalArgumentException naming the value that is out of range, and the range
     */
    public TrainingSettings {
        own = Collections.unmodifiableSortedMap(method.recipe().complete(method.toString(), own));
        Ranges.check("shots", shots, 0, 1000000);
        Ranges.check("lambda", lambda, 0, 1000.0);
        Ranges.check("maxClasses", maxClasses, 0, Integer.MAX_VALUE);
        Ranges.check("epochs", epochs, method.recipe().wholeSet() ? 0 : 1, 1000000);
        Ranges.check("stepsPerShot", stepsPerShot, 0, 1000000);
        Ranges.check("finalLearningRate", finalLearningRate, 0, 10.0);
        Ranges.check("epsilon", epsilon, LEAST_EPSILON, 1.0);
        Ranges.check("cropScale", cropScale, 0.001, 1.0);
        Ranges.check("batchSize", batchSize, 1, 65536);
        Ranges.check("learningRate", learningRate, 0, 10.0);
        Ranges.check("imageLearningRate", imageLearningRate, 0, 10.0);
        Ranges.checkShare("momentum", momentum);
        Ranges.check("weightDecay", weightDecay, 0, 1.0);
        Ranges.check("warmupEpochs", warmupEpochs, 0, 1000000);
        Ranges.check("views", views, 0, 1000);
        Ranges.check("warmupLearningRate", warmupLearningRate, 0, 10.0);
        if (!(topRatio > 0) || topRatio > 1_000_000 || (topRatio > 1 && topRatio != Math.rint(topRatio))) {
            throw new IllegalArgumentException(
                    "topRatio is " + topRatio + ": use a share above 0 up to 1, or a whole number of classes above 1");
        }
        if (!TemplateSet.names().contains(templates) && !templates.contains("{}")) {
            throw new IllegalArgumentException("templates is '" + templates + "': use "
                    + String.join(", ", TemplateSet.names()) + ", or a text with {} where the class name goes");
        }
    }

    /** Whether what is trained classifies other classes than those it is trained on, too. */
    public boolean knowsOtherClasses() {
        return method.knowsOtherClasses() && !Boolean.TRUE.equals(own.get("of_each_class"));
    }

    /** A number of the method's own settings. */
    int ownCount(String name) {
        return Math.toIntExact((Long) Objects.requireNonNull(own.get(name)));
    }

    /** A number of the method's own settings; {@code standard} where it has none of that name. */
    double ownNumber(String name, double standard) {
        return own.get(name) instanceof Number number ? number.doubleValue() : standard;
    }

    /** A text of the method's own settings. */
    Optional<String> ownText(String name) {
        return Optional.ofNullable(own.get(name)).map(Object::toString);
    }
}
