package org.skiptuning.speed;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.CancellationException;
import org.skiptuning.CancelledException;
import org.skiptuning.ffi.NativeBuffer;
import org.skiptuning.ffi.NativeCache;
import org.skiptuning.ffi.NativeContext;
import org.skiptuning.ffi.NativeModel;
import org.skiptuning.ffi.NativeTrainer;
import org.skiptuning.files.ResidentMemory;
import tools.jackson.databind.json.JsonMapper;

/** Times the steps of a method on random weights, pictures and prompts. */
public final class StepBenchmark implements AutoCloseable {
    /** Start, four tokens that all prompts share, three of the class's own, a full stop and end-of-text. */
    static final int PROMPT_TOKENS = 10;

    private static final int SHARED_TOKENS = 5;
    private static final int NAME_TOKENS = 3;

    /** Of CoOp, where the text tower takes so many. */
    private static final int CONTEXT_TOKENS = 16;

    /** Steps before the measured ones: they make what later ones find made. A card's are recorded meanwhile. */
    private static final int WARM_UP = 2;

    private static final int WARM_UP_ON_CARD = 10;

    static final int PICTURES_AT_ONCE = 4;
    private static final double LEARNING_RATE = 1e-5;

    /** CLIP-LoRA's. */
    private static final int LOW_RANK = 2;

    private static final double LOW_RANK_ALPHA = 1;
    private static final double LOW_RANK_DROPOUT = 0.25;
    private static final double LOW_RANK_LEARNING_RATE = 2e-4;
    private static final double LOW_RANK_WEIGHT_DECAY = 0.01;

    private static final JsonMapper JSON = new JsonMapper();

    private final SpeedSettings settings;
    private final RandomClip weights;
    private final NativeContext context;
    private final NativeModel model;

    /** Bytes with the weights loaded and nothing else, the same for every method. */
    private final long loaded;

    private final long loadedTensors;

    /** Told after each step, the unmeasured ones counted. */
    @FunctionalInterface
    public interface StepListener {
        void onStep(int done, int total);
    }

    /**
     * Makes the weights.
     *
     * @param methods that are going to be measured
     * @throws IllegalArgumentException if the machine has too little memory for a step of one of them
     */
    public StepBenchmark(SpeedSettings settings, List<TimedMethod> methods) {
        MemoryNeed.check(settings, methods);
        this.settings = settings;
        this.weights = new RandomClip(settings.configuration(), settings.seed());
        try {
            this.context = NativeContext.create(settings.device(), settings.threads());
            try {
                this.model =
                        NativeModel.create(context, settings.configuration().toNativeJson(), weights.tensors());
                this.loaded = ResidentMemory.now();
                this.loadedTensors = context.allocatedBytes();
            } catch (Throwable failure) {
                context.close();
                throw failure;
            }
        } catch (Throwable failure) {
            weights.close();
            throw failure;
        }
    }

    public MeasuredMachine machine() {
        return MeasuredMachine.measure(context, settings);
    }

    /** Runs the method's steps and looks at what they took. */
    public MethodSpeed measure(TimedMethod method, MeasuredMachine machine, StepListener listener) {
        context.resetPeak();
        ResidentMemory.restartPeak();
        var rows = 2 * settings.batchSize();
        try (var own = model.fork();
                var cache = NativeCache.create(own, cacheOptions(rows, method))) {
            fill(cache, rows, method == TimedMethod.COOP ? contextTokens(settings) : 0);
            try (var trainer = NativeTrainer.create(own, Optional.of(cache), trainerOptions(method))) {
                var times = new ArrayList<Double>();
                var kept = 0;
                var warmUp = onCard() ? WARM_UP_ON_CARD : WARM_UP;
                var total = warmUp + settings.steps();
                var rate = method == TimedMethod.LORA ? LOW_RANK_LEARNING_RATE : LEARNING_RATE;
                for (var step = 0; step < total; step++) {
                    requireGoingOn();
                    var images = images(step, rows);
                    var labels = labels(step);
                    var begin = System.nanoTime();
                    var result = trainer.step(step, images, labels, rate, rate);
                    if (step >= warmUp) {
                        times.add((System.nanoTime() - begin) / 1e6);
                    }
                    kept = result.keptClasses().length;
                    listener.onStep(step + 1, total);
                }
                var cost = cost(settings, method, kept);
                var peak = context.peakBytes() - loadedTensors;
                return new MethodSpeed(
                        times,
                        kept,
                        // A small step may hide in what the process held before.
                        onCard() ? peak : Math.max(peak, ResidentMemory.peak() - loaded),
                        peak,
                        JSON.readTree(trainer.infoJson()).path("held_bytes").asLong(),
                        cost,
                        machine.floorMillis(cost));
            }
        }
    }

    static StepCost cost(SpeedSettings settings, TimedMethod method, int kept) {
        var shape = settings.configuration();
        if (method == TimedMethod.COOP) {
            var length = 1 + contextTokens(settings) + PROMPT_TOKENS - SHARED_TOKENS;
            return StepCost.ofContext(shape, settings.batchSize(), kept, contextTokens(settings), length);
        }
        if (method == TimedMethod.LORA) {
            return StepCost.ofLowRank(shape, settings.batchSize(), kept, LOW_RANK, PROMPT_TOKENS);
        }
        var start = method == TimedMethod.SKIP ? settings.startLayer() : 0;
        return StepCost.of(shape, start, start, settings.batchSize(), kept, PROMPT_TOKENS);
    }

    private static int contextTokens(SpeedSettings settings) {
        var room = settings.configuration().text().context() - 1 - (PROMPT_TOKENS - SHARED_TOKENS);
        return Math.min(CONTEXT_TOKENS, room);
    }

    private boolean onCard() {
        return !settings.device().equals("cpu");
    }

    /** @param contextTokens placeholders that the prompts hold behind their start, in place of other shared words */
    private void fill(NativeCache cache, int rows, int contextTokens) {
        var side = settings.configuration().image().size();
        var pixelsOfOne = 3L * side * side;
        var random = new SplittableRandom(settings.seed());
        for (var first = 0; first < rows; first += PICTURES_AT_ONCE) {
            requireGoingOn();
            var count = Math.min(PICTURES_AT_ONCE, rows - first);
            try (var pixels = NativeBuffer.allocate(count * pixelsOfOne * Float.BYTES)) {
                for (var i = 0L; i < count * pixelsOfOne; i++) {
                    pixels.putFloat(i * Float.BYTES, (float) random.nextGaussian());
                }
                cache.putImages(first, pixels, count);
            }
        }
        var text = settings.configuration().text();
        var classes = settings.classes();
        try (var tokens = NativeBuffer.allocate((long) classes * text.context() * Long.BYTES)) {
            var shared = contextTokens > 0 ? 1 + contextTokens : SHARED_TOKENS;
            var length = shared + PROMPT_TOKENS - SHARED_TOKENS;
            for (var row = 0; row < classes; row++) {
                for (var place = 0; place < length; place++) {
                    tokens.putLong(
                            ((long) row * text.context() + place) * Long.BYTES, token(place, shared, length, random));
                }
            }
            cache.putTexts(tokens, classes, text.context(), (done, total) -> true);
        } catch (CancellationException e) {
            throw interrupted();
        }
    }

    static void requireGoingOn() {
        if (Thread.currentThread().isInterrupted()) {
            throw interrupted();
        }
    }

    private static CancelledException interrupted() {
        Thread.currentThread().interrupt();
        return new CancelledException("Interrupted while steps were timed");
    }

    /** Of the vocabulary's lower half, but for end-of-text: the last id, which is the largest. */
    private long token(int place, int shared, int length, SplittableRandom random) {
        var vocabulary = settings.configuration().text().vocabulary();
        var configured = settings.configuration().endOfText();
        var endOfText = configured >= 0 ? configured : vocabulary - 1;
        if (place == length - 1) {
            return endOfText;
        }
        var own = place >= shared && place < shared + NAME_TOKENS;
        long id = own ? 1 + shared + random.nextInt(vocabulary / 2) : 1 + place;
        return id == endOfText ? 0 : id;
    }

    private long[] images(int step, int rows) {
        var chosen = new long[settings.batchSize()];
        for (var i = 0; i < chosen.length; i++) {
            chosen[i] = ((long) step * chosen.length + i) % rows;
        }
        return chosen;
    }

    /** Every batch holds pictures of one class, as the method's batches do from four shots on. */
    private long[] labels(int step) {
        var chosen = new long[settings.batchSize()];
        Arrays.fill(chosen, step % settings.classes());
        return chosen;
    }

    private String cacheOptions(int rows, TimedMethod method) {
        var precision = settings.precision().toString();
        var start = method == TimedMethod.SKIP ? settings.startLayer() : 0;
        var layers = settings.configuration().image().layers();
        return JSON.createObjectNode()
                .put("images", rows)
                .put("texts", settings.classes())
                .put("image_start", method == TimedMethod.COOP ? layers : start)
                .put("text_start", start)
                .put("precision", precision)
                .put("storage", precision)
                .toString();
    }

    private String trainerOptions(TimedMethod method) {
        var node = JSON.createObjectNode().put("precision", settings.precision().toString());
        var optimizer = node.putObject("optimizer").put("name", "sgd");
        switch (method) {
            case COOP -> {
                node.put("method", "coop");
                node.putObject("prompt").put("tokens", contextTokens(settings));
            }
            case LORA -> {
                node.put("method", "lora");
                node.putObject("low_rank")
                        .put("rank", LOW_RANK)
                        .put("alpha", LOW_RANK_ALPHA)
                        .put("dropout", LOW_RANK_DROPOUT)
                        .put("seed", settings.seed());
                optimizer.put("name", "adamw").put("weight_decay", LOW_RANK_WEIGHT_DECAY);
            }
            case SKIP, FULL -> node.put("method", "skip");
        }
        var selection = node.putObject("selection");
        if (method == TimedMethod.SKIP) {
            selection
                    .put("top_ratio", settings.topRatio())
                    .put("max_classes", settings.maxClasses())
                    .put("lambda", settings.lambda())
                    .put("seed", settings.seed());
        } else {
            selection.put("top_ratio", 1.0);
        }
        return node.toString();
    }

    @Override
    public void close() {
        model.close();
        context.close();
        weights.close();
    }
}
