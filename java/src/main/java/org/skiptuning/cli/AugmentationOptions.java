package org.skiptuning.cli;

import java.util.List;
import java.util.Optional;
import org.skiptuning.PictureAugmentation;
import org.skiptuning.SkipTuningBuilder;
import org.skiptuning.TrainingSettings;
import picocli.CommandLine.Option;

/** What is done to training pictures. */
final class AugmentationOptions {
    @Option(
            names = "--augment",
            paramLabel = "HOW",
            converter = Converters.AugmentationConverter.class,
            description =
                    "none, or crop-flip: random resized crops and flips, drawn afresh each epoch. Default: crop-flip.")
    private Optional<PictureAugmentation> augmentation = Optional.empty();

    @Option(
            names = "--crop-scale",
            paramLabel = "S",
            description = "Least share of a picture's area in a random crop. Default: the method's, mostly 0.08.")
    private Optional<Double> cropScale = Optional.empty();

    @Option(
            names = "--views",
            paramLabel = "V",
            description =
                    "Augmented views of each picture that the epochs take turns with; each goes through the frozen blocks once. 0 draws every epoch afresh. Default: 0.")
    private Optional<Integer> views = Optional.empty();

    /** In the order in which they apply. */
    List<GivenOption<?>> given() {
        return List.of(
                new GivenOption<>("--augment", "augmentation", augmentation, SkipTuningBuilder::augmentation),
                new GivenOption<>("--crop-scale", "crop_scale", cropScale, SkipTuningBuilder::cropScale),
                new GivenOption<>("--views", "views", views, SkipTuningBuilder::views));
    }

    /**
     * @param source the option that the augmentation comes from where none of these is
     * @throws UsageException naming an option that means nothing without augmentation
     */
    void refuseWithoutAugmentation(TrainingSettings settings, String source) {
        if (settings.augmentation() != PictureAugmentation.NONE) {
            return;
        }
        String contradicts = " contradicts "
                + (augmentation.isPresent() ? "--augment none" : "augmentation none of " + source)
                + ": without augmentation ";
        if (cropScale.isPresent()) {
            throw new UsageException("--crop-scale" + contradicts + "nothing is cropped; --augment crop-flip does");
        }
        if (views.orElse(0) > 0) {
            throw new UsageException("--views" + contradicts + "a picture has one view; --augment crop-flip has more");
        }
    }
}
