package org.skiptuning.cli;

import java.util.OptionalInt;
import org.skiptuning.Clip;
import org.skiptuning.FeatureSensitivity;
import org.skiptuning.GradientDependence;
import org.skiptuning.SkipTuning;
import org.skiptuning.StartLayer;
import org.skiptuning.TrainingSettings;
import org.skiptuning.data.DataSet;
import org.skiptuning.data.TemplateSet;
import org.skiptuning.report.Figures;

/**
 * {@code --start-layer auto} and {@code --top-ratio auto}: chosen by the analyses, on the pictures that are trained on. An
 * epoch of full fine-tuning stands for a whole one, of which it is an estimate.
 */
final class AutomaticSkipping {
    private static final int MOST_PICTURES = 500;

    private final Clip clip;
    private final DataSet drawn;
    private final Output output;

    /** @param data the whole data set; what the settings draw of it is looked at */
    AutomaticSkipping(Clip clip, DataSet data, TrainingSettings settings, Output output) {
        this.clip = clip;
        this.output = output;
        DataSet sampled = settings.shots() > 0 ? data.fewShot(settings.shots(), settings.seed()) : data;
        this.drawn = settings.classes().cut(sampled);
    }

    /** @param full settings of full fine-tuning that suit the model */
    TrainingSettings withStartLayers(TrainingSettings settings, TrainingSettings full) {
        var estimate = FullFineTuning.estimate(
                SkipTuning.builder(full).seed(settings.seed()).settings());
        var found = FeatureSensitivity.ofTraining(
                clip, drawn, estimate, MOST_PICTURES, new ProgressAdapter(output, "choosing the start layer"));
        int image = told(
                "image",
                found.suggestedImageStartLayer(),
                settings.imageStartLayer(),
                clip.info().imageLayers());
        int text = told(
                "text",
                found.suggestedTextStartLayer(),
                settings.textStartLayer(),
                clip.info().textLayers());
        return SkipTuning.builder(settings)
                .imageStartLayer(StartLayer.blocks(image))
                .textStartLayer(StartLayer.blocks(text))
                .settings();
    }

    private int told(String tower, OptionalInt suggested, StartLayer otherwise, int layers) {
        int chosen = chosen(suggested, otherwise, layers);
        if (suggested.isPresent()) {
            output.line(
                    "Start layer %d of the %s tower: after an epoch of full fine-tuning the outputs of its first %d blocks"
                            + " had changed least.",
                    chosen, tower, chosen);
        } else {
            output.warn("After an epoch of full fine-tuning the outputs of the " + tower
                    + " tower's blocks have changed evenly, with no bend to choose by: it keeps the start layer "
                    + chosen);
        }
        return chosen;
    }

    /**
     * Where a curve has no bend there is nothing to go by but the settings, or the paper's nine blocks of twelve.
     *
     * @return frozen blocks, with one left to train at least
     */
    static int chosen(OptionalInt suggested, StartLayer otherwise, int layers) {
        if (suggested.isPresent()) {
            return Math.min(suggested.getAsInt(), layers - 1);
        }
        return otherwise.value() < layers ? otherwise.resolve("tower", layers) : layers * 3 / 4;
    }

    TrainingSettings withTopRatio(TrainingSettings settings) {
        var found = GradientDependence.of(
                clip,
                drawn,
                MOST_PICTURES,
                TemplateSet.of(settings.templates()),
                new ProgressAdapter(output, "choosing the share of classes"));
        if (!found.suggests()) {
            output.warn("Of " + drawn.classNames().size()
                    + " classes the gradient tells no decline to choose by: it keeps the"
                    + " top ratio " + Figures.number(settings.topRatio()) + " and lambda "
                    + Figures.number(settings.lambda()));
            return settings;
        }
        output.line(
                "Top ratio %s, lambda %s: so many of the most similar classes get nine tenths of the gradient, which declines"
                        + " like an exponential of that scale (%.0f %% explained).",
                Figures.number(found.suggestedTopRatio()), Figures.number(found.lambda()), 100 * found.fit());
        return SkipTuning.builder(settings)
                .topRatio(found.suggestedTopRatio())
                .lambda(found.lambda())
                .settings();
    }
}
