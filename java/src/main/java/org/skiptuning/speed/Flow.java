package org.skiptuning.speed;

/**
 * The propagation flow of features and gradients in a step (FGPF of the paper, arXiv 2412.11509, section 3): its length is
 * the blocks that it passes, its width the class tokens; what it costs follows from both.
 *
 * @param imageBlocks of the image tower that a step passes, forth and back; 0 where pictures are features already
 * @param textBlocks the same of the text tower
 * @param classes whose prompts a step passes; of a random tail the mean
 * @param imageTokens of a step: pictures times their tokens, where they pass blocks
 * @param classTokens of a step: classes times their tokens up to end-of-text, where they pass blocks
 */
public record Flow(
        TimedMethod method,
        int imageBlocks,
        int textBlocks,
        double classes,
        long imageTokens,
        long classTokens,
        StepCost cost) {
    private static final double FURTHEST = 5;

    public static Flow of(SpeedSettings settings, TimedMethod method) {
        var shape = settings.configuration();
        var start = method.start(settings);
        var imageBlocks = method.passesImageTower() ? shape.image().layers() - start : 0;
        var textBlocks = method.trainsTexts() ? shape.text().layers() - start : 0;
        var kept = method.selects() ? keptClasses(settings) : settings.classes();
        var prompts = method.hasPromptsOfEachPicture() ? kept * settings.batchSize() : kept;
        return new Flow(
                method,
                imageBlocks,
                textBlocks,
                kept,
                imageBlocks > 0 ? (long) settings.batchSize() * shape.image().tokens() : 0,
                textBlocks > 0 ? Math.round(prompts * method.promptTokens(settings)) : 0,
                method.cost(settings, (int) Math.round(kept), 0));
    }

    /** The sure ones and the mean of the exponential tail, as class-wise skipping draws it. */
    static double keptClasses(SpeedSettings settings) {
        var all = settings.classes();
        var sure = settings.topRatio() > 1 ? (int) settings.topRatio() : (int) Math.ceil(settings.topRatio() * all);
        if (settings.maxClasses() > 0) {
            sure = Math.min(sure, settings.maxClasses());
        }
        sure = Math.clamp(sure, 1, all);
        var others = all - sure;
        if (settings.lambda() == 0 || others < 2) {
            return sure;
        }
        // The density at even points of [0, 5], brought to 1 at the first and 0 at the last.
        var last = Math.exp(-FURTHEST / settings.lambda());
        var tail = 0.0;
        for (var rank = 0; rank < others; rank++) {
            var density = Math.exp(-FURTHEST * rank / (others - 1) / settings.lambda());
            tail += (density - last) / (1 - last);
        }
        return sure + tail;
    }
}
