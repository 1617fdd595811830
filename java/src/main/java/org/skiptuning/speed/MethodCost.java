package org.skiptuning.speed;

import java.util.Optional;
import org.skiptuning.BatchPolicy;
import org.skiptuning.PictureAugmentation;
import org.skiptuning.Precision;
import org.skiptuning.TrainingSettings;
import org.skiptuning.checkpoint.ClipConfiguration;

/**
 * Operations of a whole training run by formula, in thousands of millions: its steps, and the frozen blocks that its
 * pictures pass.
 *
 * @param steps of the run
 * @param stepGigaflops of one step
 * @param prefixGigaflops of all pictures through the frozen blocks, as often as they pass them
 * @param pictures that are prepared, each as often as it is
 */
public record MethodCost(long steps, double stepGigaflops, double prefixGigaflops, long pictures) {
    /** What the steps and the frozen blocks take together. */
    public double gigaflops() {
        return steps * stepGigaflops + prefixGigaflops;
    }

    /**
     * @param settings of the run, with its shots
     * @param classes that are trained on
     */
    public static MethodCost of(ClipConfiguration shape, TrainingSettings settings, int classes) {
        var method = settings.method();
        var trained = (long) settings.shots() * classes;
        var shown = trained * keyViews(settings);
        if (!method.takes("batch_size")) {
            return new MethodCost(0, 0, shown * image(shape, shape.image().layers()), shown);
        }
        // Where the last batch may be smaller it counts as one.
        var stepsPerEpoch = settings.batches() == BatchPolicy.SHUFFLED_WHOLE
                ? Math.ceilDiv(trained, settings.batchSize())
                : Math.max(1, trained / settings.batchSize());
        var steps = settings.stepsPerShot() > 0
                ? (long) settings.stepsPerShot() * settings.shots()
                : stepsPerEpoch * settings.epochs();
        var epochs = Math.max(1, steps / stepsPerEpoch);
        var passes = settings.augmentation() == PictureAugmentation.NONE
                ? 1
                : settings.views() > 0 ? Math.min(settings.views(), epochs) : epochs;
        var timed = TimedMethod.of(settings);
        var start = timed.trainsBlocks()
                ? settings.imageStartLayer().resolve("image", shape.image().layers())
                : 0;
        var frozen = timed.passesImageTower() ? start : shape.image().layers();
        var kept = keyViews(settings) > 1 ? shown : 0;
        return new MethodCost(
                steps,
                step(shape, settings, timed, classes, start),
                passes * trained * image(shape, frozen)
                        + kept * image(shape, shape.image().layers()),
                passes * trained + kept);
    }

    /** How often a cache of pictures is shown each of them before the first step. */
    private static int keyViews(TrainingSettings settings) {
        return settings.own().get("key_views") instanceof Number views ? Math.max(1, views.intValue()) : 1;
    }

    private static double step(
            ClipConfiguration shape, TrainingSettings settings, TimedMethod timed, int classes, int start) {
        var speed = new SpeedSettings(
                shape,
                classes,
                settings.batchSize(),
                Math.min(start, Math.min(shape.image().layers(), shape.text().layers()) - 1),
                settings.topRatio(),
                settings.lambda(),
                settings.maxClasses(),
                1,
                Precision.FP32,
                "cpu",
                0,
                1);
        var kept = timed.selects() ? Flow.keptClasses(speed) : classes;
        var textStart = timed.trainsBlocks()
                ? settings.textStartLayer().resolve("text", shape.text().layers())
                : 0;
        return timed.cost(speed, (int) Math.round(kept), 0, textStart).exactGigaflops();
    }

    /** One picture through some blocks of the image tower. */
    private static double image(ClipConfiguration shape, int blocks) {
        return blocks * TowerCost.image(shape).block(shape.image().tokens()) / 1e9;
    }

    /**
     * Pictures and class texts through both towers: what a measurement takes.
     *
     * @param settings of the run that is measured; empty for the untouched model
     */
    public static double evaluationGigaflops(
            ClipConfiguration shape, Optional<TrainingSettings> settings, long pictures, int classes) {
        var ofEachPicture = settings.flatMap(
                        run -> TimedMethod.find(run.method().toString()))
                .filter(TimedMethod::hasPromptsOfEachPicture)
                .isPresent();
        var prompts = ofEachPicture ? pictures * classes : classes;
        return pictures * image(shape, shape.image().layers())
                + prompts * shape.text().layers() * TowerCost.text(shape).block(SpeedSettings.PROMPT_TOKENS) / 1e9;
    }
}
