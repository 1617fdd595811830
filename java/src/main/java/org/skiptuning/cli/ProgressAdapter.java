package org.skiptuning.cli;

import java.util.Optional;
import org.skiptuning.Method;
import org.skiptuning.Phase;
import org.skiptuning.StepMetrics;
import org.skiptuning.TrainingListener;

/**
 * Hands what the library reports on to the progress line. A training run is one phase, with the refreshing of its
 * caches inside it.
 */
final class ProgressAdapter implements TrainingListener {
    private final Output output;
    private final String prefix;
    private final boolean showsLoss;
    private Optional<Phase> current = Optional.empty();

    ProgressAdapter(Output output) {
        this(output, "");
    }

    /** Of a training run: the loss of a step that is a whole fit is that before it, and is not shown. */
    ProgressAdapter(Output output, Method method) {
        this(output, "", !method.stepsAreFits());
    }

    /** @param prefix names what runs where a command runs several things, such as "zero-shot" */
    ProgressAdapter(Output output, String prefix) {
        this(output, prefix, true);
    }

    private ProgressAdapter(Output output, String prefix, boolean showsLoss) {
        this.output = output;
        this.prefix = prefix;
        this.showsLoss = showsLoss;
    }

    @Override
    public void onPhase(Phase phase) {
        if (current.equals(Optional.of(phase)) || (isTraining() && isPartOfTraining(phase))) {
            return;
        }
        current = Optional.of(phase);
        output.progress().begin(name(phase), phase.unit());
    }

    @Override
    public void onProgress(Phase phase, long done, long total) {
        onPhase(phase);
        if (!isTraining()) {
            output.progress().update(done, total, Optional.empty());
        }
    }

    @Override
    public void onStep(StepMetrics metrics) {
        onPhase(Phase.TRAIN);
        output.progress()
                .update(
                        metrics.step() + 1,
                        metrics.totalSteps(),
                        showsLoss ? Optional.of((double) metrics.loss()) : Optional.empty());
    }

    @Override
    public void onWarning(String message) {
        output.warn(message);
    }

    private String name(Phase phase) {
        if (prefix.isEmpty()) {
            return phase.toString();
        }
        return switch (phase) {
            case TRAIN, CHECK -> prefix;
            case EVALUATE -> prefix + ", testing";
            case CACHE_IMAGES, CACHE_TEXTS -> prefix + ", caching";
            case ENCODE_IMAGES, ENCODE_TEXTS -> prefix + ", encoding";
            default -> prefix + ", " + phase;
        };
    }

    private boolean isTraining() {
        return current.equals(Optional.of(Phase.TRAIN));
    }

    private static boolean isPartOfTraining(Phase phase) {
        return phase == Phase.CACHE_IMAGES || phase == Phase.CACHE_TEXTS;
    }
}
