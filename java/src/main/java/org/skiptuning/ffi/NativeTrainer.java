package org.skiptuning.ffi;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.skiptuning.CheckpointException;

/** Trains a model in place. It keeps its model and cache alive. */
public final class NativeTrainer implements AutoCloseable {
    private final Handle handle;
    private final NativeModel model;
    private final Optional<NativeCache> cache;

    private NativeTrainer(Handle handle, NativeModel model, Optional<NativeCache> cache) {
        this.handle = handle;
        this.model = model;
        this.cache = cache;
    }

    /**
     * @param model is changed by the steps: fork it first to keep the original
     * @param cache the frozen outputs of the same model; may be empty for the method {@code contrastive}
     * @param optionsJson see {@code st_trainer_create} in {@code skiptuning.h}
     */
    public static NativeTrainer create(NativeModel model, Optional<NativeCache> cache, String optionsJson) {
        var needs = new ArrayList<Lifetime>();
        needs.add(model.handle().lifetime());
        cache.ifPresent(given -> needs.add(given.handle().lifetime()));
        var cachePointer = cache.map(given -> given.handle().pointer()).orElse(MemorySegment.NULL);
        try (var arena = Arena.ofConfined()) {
            var options = arena.allocateFrom(optionsJson);
            var handle = Handle.create("The trainer", Abi.TRAINER_RELEASE, needs, target ->
                    (int) Abi.TRAINER_CREATE.invokeExact(model.handle().pointer(), cachePointer, options, target));
            return new NativeTrainer(handle, model, cache);
        }
    }

    /**
     * One step of Skip Tuning.
     *
     * @param step 0, 1, 2, ...: keys the random draws
     * @param imageRows rows of the cache
     * @param labels their classes
     * @param textRate learning rate of the text tower and everything else
     * @param imageRate learning rate of the image tower
     */
    public StepResult step(long step, long[] imageRows, long[] labels, double textRate, double imageRate) {
        try (var arena = Arena.ofConfined()) {
            var struct = inputs(arena, step, imageRows, labels, textRate, imageRate);
            return result(arena, struct, (trainer, segment) -> (int) Abi.TRAINER_STEP.invokeExact(trainer, segment));
        }
    }

    /**
     * The first half of {@link #step}: a card computes while the caller goes on. At most 64 may be begun and not ended, and
     * {@code step} is not for then.
     */
    public void beginStep(long step, long[] imageRows, long[] labels, double textRate, double imageRate) {
        try (var arena = Arena.ofConfined()) {
            var segment =
                    inputs(arena, step, imageRows, labels, textRate, imageRate).segment();
            handle.call(trainer -> (int) Abi.TRAINER_BEGIN_STEP.invokeExact(trainer, segment));
        }
    }

    /** Waits for the earliest step that was begun and not ended. */
    public StepResult endStep() {
        try (var arena = Arena.ofConfined()) {
            return result(arena, Struct.allocate(Layouts.STEP, arena), (trainer, segment) ->
                    (int) Abi.TRAINER_END_STEP.invokeExact(trainer, segment));
        }
    }

    static Struct inputs(Arena arena, long step, long[] imageRows, long[] labels, double textRate, double imageRate) {
        if (imageRows.length == 0 || imageRows.length != labels.length) {
            throw new IllegalArgumentException(
                    "A step over " + imageRows.length + " images and " + labels.length + " labels");
        }
        return Struct.allocate(Layouts.STEP, arena)
                .set("step", step)
                .set("batch", (long) imageRows.length)
                .set("image_rows", arena.allocateFrom(Layouts.LONG, imageRows))
                .set("labels", arena.allocateFrom(Layouts.LONG, labels))
                .set("text_learning_rate", textRate)
                .set("image_learning_rate", imageRate);
    }

    /** A call that writes a step's results. */
    @FunctionalInterface
    interface StepCall {
        int invoke(MemorySegment trainer, MemorySegment step) throws Throwable;
    }

    StepResult result(Arena arena, Struct struct, StepCall call) {
        long classes = cache.map(NativeCache::texts).orElse(0L);
        var kept = arena.allocate(Layouts.LONG, classes);
        struct.set("kept_classes", kept).set("kept_capacity", classes);
        var segment = struct.segment();
        handle.call(trainer -> call.invoke(trainer, segment));
        long count = Math.min(struct.getLong("kept_count"), classes);
        return new StepResult(
                struct.getDouble("loss"),
                kept.asSlice(0, count * Layouts.LONG.byteSize()).toArray(Layouts.LONG));
    }

    /**
     * One step of contrastive pre-training.
     *
     * @param step 0, 1, 2, ...: keys the random draws
     * @param pixels [batch, 3, S, S] fp32, prepared
     * @param tokens [batch, length] int64 ids
     * @param groups pairs of one group are positives of each other; its length is the batch
     * @param matrixRate learning rate of the blocks' matrices (Muon)
     * @param otherRate learning rate of all the rest (AdamW)
     * @param averageDecay of the weights' exponential moving average; 0 leaves it alone
     * @return the loss, before the update
     */
    public double contrastiveStep(
            long step,
            NativeBuffer pixels,
            NativeBuffer tokens,
            long length,
            long[] groups,
            double matrixRate,
            double otherRate,
            double averageDecay) {
        model.requirePixels(pixels, groups.length);
        model.requireTokens(tokens, groups.length, length);
        try (var arena = Arena.ofConfined();
                var buffers = Buffers.hold(pixels, tokens)) {
            var struct = Struct.allocate(Layouts.CONTRASTIVE_STEP, arena)
                    .set("step", step)
                    .set("batch", (long) groups.length)
                    .set("pixels", buffers.segment(0))
                    .set("tokens", buffers.segment(1))
                    .set("length", length)
                    .set("groups", arena.allocateFrom(Layouts.LONG, groups))
                    .set("matrix_learning_rate", matrixRate)
                    .set("other_learning_rate", otherRate)
                    .set("average_decay", averageDecay);
            var segment = struct.segment();
            handle.call(trainer -> (int) Abi.TRAINER_CONTRASTIVE_STEP.invokeExact(trainer, segment));
            return struct.getDouble("loss");
        }
    }

    /**
     * Shows all training pictures to a method that looks at them at once, before its first step.
     *
     * @param pictures holds features of them: as many rows for each as it has views, picture i in rows i, count + i, ...
     * @param labels of the pictures
     */
    public void prepare(NativeCache pictures, long[] labels) {
        withPictures(pictures, labels, (trainer, cache, array) ->
                (int) Abi.TRAINER_PREPARE.invokeExact(trainer, cache, array, (long) labels.length));
    }

    /**
     * Shows validation pictures to a method that chooses by them.
     *
     * @param pictures holds their features, a row each
     * @param labels of the pictures
     */
    public void validate(NativeCache pictures, long[] labels) {
        withPictures(pictures, labels, (trainer, cache, array) ->
                (int) Abi.TRAINER_VALIDATE.invokeExact(trainer, cache, array, (long) labels.length));
    }

    /** A call on pictures of a cache and their labels. */
    @FunctionalInterface
    private interface PicturesCall {
        int invoke(MemorySegment trainer, MemorySegment pictures, MemorySegment labels) throws Throwable;
    }

    private void withPictures(NativeCache pictures, long[] labels, PicturesCall call) {
        try (var arena = Arena.ofConfined();
                var held = Handle.Hold.of(List.of(pictures.handle().lifetime()))) {
            var array = arena.allocateFrom(Layouts.LONG, labels);
            var from = pictures.handle().pointer();
            handle.call(trainer -> call.invoke(trainer, from, array));
        }
    }

    /**
     * What a method that leaves no ordinary model predicts.
     *
     * @param pixels [count, 3, S, S] fp32, prepared
     * @param logits [count, classes] fp32, receives them
     */
    public void logits(NativeBuffer pixels, long count, NativeBuffer logits) {
        model.requirePixels(pixels, count);
        requireLogits(logits, count);
        try (var buffers = Buffers.hold(pixels, logits)) {
            var from = buffers.segment(0);
            var to = buffers.segment(1);
            handle.call(trainer -> (int) Abi.TRAINER_LOGITS.invokeExact(trainer, from, count, to));
        }
    }

    private void requireLogits(NativeBuffer logits, long count) {
        Buffers.require(
                "logits", logits, Float.BYTES, count, cache.orElseThrow().texts());
    }

    /** Adds {@code weight} times the trained parameters to a sum, which is part of the state. */
    public void accumulate(double weight) {
        handle.call(trainer -> (int) Abi.TRAINER_ACCUMULATE.invokeExact(trainer, weight));
    }

    /** Puts that sum in the place of the trained parameters. */
    public void useAccumulated() {
        handle.call(trainer -> (int) Abi.TRAINER_USE_ACCUMULATED.invokeExact(trainer));
    }

    /** Puts what LoRA trains beside the model into the model's tensors; once, after the last step. */
    public void merge() {
        handle.call(trainer -> (int) Abi.TRAINER_MERGE.invokeExact(trainer));
    }

    /** Everything a resumed run needs. On the CPU these are views that die with the trainer and change with a step. */
    public List<TensorView> state() {
        return Tensors.list(
                handle,
                (trainer, target) -> (int) Abi.TRAINER_STATE_COUNT.invokeExact(trainer, target),
                (trainer, index, target) -> (int) Abi.TRAINER_STATE_AT.invokeExact(trainer, index, target),
                (trainer, index, name, type, data, bytes) ->
                        (int) Abi.TRAINER_READ_STATE.invokeExact(trainer, index, data, bytes));
    }

    /**
     * Copies a state of the same names and shapes in.
     *
     * @throws CheckpointException if it is another trainer's or damaged; names what is missing, differs or isn't finite,
     *     and the trainer is then of no use
     */
    public void restore(List<TensorView> state) {
        try (var arena = Arena.ofConfined();
                var held = Handle.Hold.of(Tensors.lifetimes(state))) {
            var array = Tensors.describe(state, arena);
            long count = state.size();
            handle.call(trainer -> (int) Abi.TRAINER_RESTORE.invokeExact(trainer, array, count));
        }
    }

    /** Figures of the run, as a JSON object. */
    public String infoJson() {
        return handle.text((trainer, text, capacity, length) ->
                (int) Abi.TRAINER_INFO.invokeExact(trainer, text, capacity, length));
    }

    @Override
    public void close() {
        handle.close();
    }

    Handle handle() {
        return handle;
    }
}
