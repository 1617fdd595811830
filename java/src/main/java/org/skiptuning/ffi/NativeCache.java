package org.skiptuning.ffi;

import java.lang.foreign.Arena;
import java.util.List;
import java.util.concurrent.CancellationException;
import org.skiptuning.SkipTuningException;

/** The outputs of a model's frozen blocks, for pictures and class prompts. It keeps its model alive. */
public final class NativeCache implements AutoCloseable {
    private final Handle handle;
    private final NativeModel model;
    private volatile long texts;

    private NativeCache(Handle handle, NativeModel model) {
        this.handle = handle;
        this.model = model;
    }

    /**
     * @param optionsJson see {@code st_cache_create} in {@code skiptuning.h}
     * @throws SkipTuningException if the cache's file cannot be made as large as needed
     */
    public static NativeCache create(NativeModel model, String optionsJson) {
        var parent = model.handle();
        try (var arena = Arena.ofConfined()) {
            var options = arena.allocateFrom(optionsJson);
            var handle = Handle.create("The feature cache", Abi.CACHE_RELEASE, List.of(parent.lifetime()), target ->
                    (int) Abi.CACHE_CREATE.invokeExact(parent.pointer(), options, target));
            return new NativeCache(handle, model);
        }
    }

    /**
     * Computes rows {@code firstRow} to {@code firstRow + count - 1}, which may be written again.
     *
     * @param pixels [count, 3, S, S] fp32, prepared
     */
    public void putImages(long firstRow, NativeBuffer pixels, long count) {
        model.requirePixels(pixels, count);
        try (var buffers = Buffers.hold(pixels)) {
            var from = buffers.segment(0);
            handle.call(cache -> (int) Abi.CACHE_PUT_IMAGES.invokeExact(cache, firstRow, from, count));
        }
    }

    /**
     * Copies out what pictures came to.
     *
     * @param rows receives [count, row] in the cache's storage type, and is as large as that
     */
    public void readImages(long firstRow, long count, NativeBuffer rows) {
        try (var buffers = Buffers.hold(rows)) {
            var to = buffers.segment(0);
            handle.call(cache -> (int) Abi.CACHE_READ_IMAGES.invokeExact(cache, firstRow, count, to, to.byteSize()));
        }
    }

    /**
     * Takes over what pictures came to in another cache of the same model, options and pictures; they count as put.
     *
     * @param rows [count, row] in the cache's storage type, and no larger than that
     */
    public void writeImages(long firstRow, long count, NativeBuffer rows) {
        try (var buffers = Buffers.hold(rows)) {
            var from = buffers.segment(0);
            handle.call(
                    cache -> (int) Abi.CACHE_WRITE_IMAGES.invokeExact(cache, firstRow, count, from, from.byteSize()));
        }
    }

    /**
     * Computes all class prompts, and the class prototypes of the untouched model.
     *
     * @param tokens [count, length] int64 ids, one row a class
     * @param progress is told how many are done; false, or interrupting the thread, cancels
     * @throws CancellationException if cancelled; the texts then count as not put
     */
    public void putTexts(NativeBuffer tokens, long count, long length, LongBinaryProgress progress) {
        model.requireTokens(tokens, count, length);
        try (var arena = Arena.ofConfined();
                var buffers = Buffers.hold(tokens)) {
            var from = buffers.segment(0);
            var upcall = new ProgressUpcall(progress, arena);
            upcall.rethrowAfter(() -> handle.call(cache -> (int)
                    Abi.CACHE_PUT_TEXTS.invokeExact(cache, from, count, length, upcall.pointer(), upcall.user())));
        }
        texts = count;
    }

    /**
     * Computes text features of other prompts, which some methods are held to or classify with.
     *
     * @param tokens [count, length] int64 ids of one or more templates behind each other, each with a row a class
     * @param ofLength1 whether a class's features are brought to length 1 before they are averaged
     * @param progress as of {@link #putTexts}
     * @throws CancellationException if cancelled; the features then count as not put
     */
    public void putTeacherTexts(
            NativeBuffer tokens, long count, long length, boolean ofLength1, LongBinaryProgress progress) {
        model.requireTokens(tokens, count, length);
        try (var arena = Arena.ofConfined();
                var buffers = Buffers.hold(tokens)) {
            var from = buffers.segment(0);
            var upcall = new ProgressUpcall(progress, arena);
            var unit = ofLength1 ? 1 : 0;
            upcall.rethrowAfter(() -> handle.call(cache -> (int) Abi.CACHE_PUT_TEACHER_TEXTS.invokeExact(
                    cache, from, count, length, unit, upcall.pointer(), upcall.user())));
        }
    }

    /** The number of class prompts; 0 before they are put. */
    public long texts() {
        return texts;
    }

    @Override
    public void close() {
        handle.close();
    }

    Handle handle() {
        return handle;
    }
}
