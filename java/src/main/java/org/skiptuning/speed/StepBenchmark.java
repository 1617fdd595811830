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
    private static final int NAME_TOKENS = 3;

    /** Steps before the measured ones: they make what later ones find made. A card's are recorded meanwhile. */
    private static final int WARM_UP = 2;

    private static final int WARM_UP_ON_CARD = 10;

    static final int PICTURES_AT_ONCE = 4;
    private static final double LEARNING_RATE = 1e-5;

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
            fill(cache, rows, method);
            try (var trainer = NativeTrainer.create(own, Optional.of(cache), trainerOptions(method, false))) {
                show(trainer, own, method);
                var times = new ArrayList<Double>();
                var kept = 0;
                var warmUp = onCard() ? WARM_UP_ON_CARD : WARM_UP;
                var total = warmUp + settings.steps();
                for (var step = 0; step < total; step++) {
                    requireGoingOn();
                    var begin = System.nanoTime();
                    kept = step(trainer, method, step, rows);
                    if (step >= warmUp) {
                        times.add((System.nanoTime() - begin) / 1e6);
                    }
                    listener.onStep(step + 1, total);
                }
                var info = JSON.readTree(trainer.infoJson());
                var cost = method.cost(
                        settings, kept, info.path("trained_parameters").asLong());
                var peak = context.peakBytes() - loadedTensors;
                return new MethodSpeed(
                        times,
                        kept,
                        // A small step may hide in what the process held before.
                        onCard() ? peak : Math.max(peak, ResidentMemory.peak() - loaded),
                        peak,
                        info.path("held_bytes").asLong(),
                        cost,
                        method.isFit() ? 0 : machine.floorMillis(cost));
            }
        }
    }

    /**
     * Times the method's steps by the plain computation: every row of every block, and autograd.
     *
     * @param steps measured, after one that is not
     * @return milliseconds of each
     */
    public List<Double> measurePlain(TimedMethod method, int steps, StepListener listener) {
        var rows = 2 * settings.batchSize();
        try (var own = model.fork();
                var cache = NativeCache.create(own, cacheOptions(rows, method))) {
            fill(cache, rows, method);
            try (var trainer = NativeTrainer.create(own, Optional.of(cache), trainerOptions(method, true))) {
                show(trainer, own, method);
                var times = new ArrayList<Double>();
                for (var step = 0; step <= steps; step++) {
                    requireGoingOn();
                    var begin = System.nanoTime();
                    step(trainer, method, step, rows);
                    if (step > 0) {
                        times.add((System.nanoTime() - begin) / 1e6);
                    }
                    listener.onStep(step + 1, steps + 1);
                }
                return times;
            }
        }
    }

    /** One step; the number of classes that it kept. */
    private int step(NativeTrainer trainer, TimedMethod method, int step, int rows) {
        var rate = method.learningRate(LEARNING_RATE);
        return trainer.step(step, images(step, rows), labels(step), rate, rate).keptClasses().length;
    }

    /** Random features of the pictures that a method is shown before its first step. */
    private void show(NativeTrainer trainer, NativeModel own, TimedMethod method) {
        var count = method.keptPictures(settings);
        if (count == 0) {
            return;
        }
        var options = JSON.createObjectNode()
                .put("images", count)
                .put("texts", 1)
                .put("image_start", settings.configuration().image().layers())
                .put("text_start", 0)
                .put("precision", settings.precision().toString());
        try (var pictures = NativeCache.create(own, options.toString())) {
            // A few different ones are enough: what is timed hangs on their number alone.
            putPictures(pictures, Math.toIntExact(count), Math.toIntExact(Math.min(count, 2L * PICTURES_AT_ONCE)));
            var labels = new long[Math.toIntExact(count)];
            Arrays.setAll(labels, place -> place % settings.classes());
            trainer.prepare(pictures, labels);
        }
    }

    private boolean onCard() {
        return !settings.device().equals("cpu");
    }

    private void fill(NativeCache cache, int rows, TimedMethod method) {
        putPictures(cache, rows, rows);
        putTexts(cache, method);
    }

    /** @param different pictures, that come again and again */
    private void putPictures(NativeCache cache, int rows, int different) {
        var side = settings.configuration().image().size();
        var pixelsOfOne = 3L * side * side;
        var random = new SplittableRandom(settings.seed());
        try (var pixels = NativeBuffer.allocate(PICTURES_AT_ONCE * pixelsOfOne * Float.BYTES)) {
            for (var first = 0; first < rows; first += PICTURES_AT_ONCE) {
                requireGoingOn();
                var count = Math.min(PICTURES_AT_ONCE, rows - first);
                for (var i = 0L; i < count * pixelsOfOne && first < different; i++) {
                    pixels.putFloat(i * Float.BYTES, (float) random.nextGaussian());
                }
                cache.putImages(first, pixels, count);
            }
        }
    }

    private void putTexts(NativeCache cache, TimedMethod method) {
        var contextTokens = method.vectors(settings);
        var random = new SplittableRandom(settings.seed() + 1);
        var text = settings.configuration().text();
        var classes = settings.classes();
        try (var tokens = NativeBuffer.allocate((long) classes * text.context() * Long.BYTES)) {
            var shared = contextTokens > 0 ? 1 + contextTokens : SpeedSettings.SHARED_TOKENS;
            var length = shared + SpeedSettings.PROMPT_TOKENS - SpeedSettings.SHARED_TOKENS;
            for (var row = 0; row < classes; row++) {
                for (var place = 0; place < length; place++) {
                    tokens.putLong(
                            ((long) row * text.context() + place) * Long.BYTES, token(place, shared, length, random));
                }
            }
            cache.putTexts(tokens, classes, text.context(), (done, total) -> true);
            if (method.hasTeacher()) {
                cache.putTeacherTexts(tokens, classes, text.context(), true, (done, total) -> true);
            }
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
        var start = method.start(settings);
        var layers = settings.configuration().image().layers();
        return JSON.createObjectNode()
                .put("images", rows)
                .put("texts", settings.classes())
                .put("image_start", method.passesImageTower() ? start : layers)
                .put("text_start", start)
                .put("precision", precision)
                .put("storage", precision)
                .toString();
    }

    private String trainerOptions(TimedMethod method, boolean plain) {
        var node = JSON.createObjectNode()
                .put("precision", settings.precision().toString())
                .put("reference", plain);
        method.describe(node);
        if (method.vectors(settings) > 0) {
            node.withObject("prompt").put("tokens", method.vectors(settings)).put("depth", method.depth(settings));
        }
        if (method.keptPictures(settings) > 0 && node.has("picture_cache")) {
            node.withObject("picture_cache").put("pictures", method.keptPictures(settings));
        }
        var selection = node.putObject("selection");
        if (method.selects()) {
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
