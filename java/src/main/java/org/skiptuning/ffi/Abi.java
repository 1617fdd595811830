package org.skiptuning.ffi;

import java.lang.foreign.Arena;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.concurrent.CancellationException;
import org.skiptuning.DeviceMemoryException;
import org.skiptuning.SkipTuningException;

/**
 * The linked functions of the native core, and the one place that calls them.
 *
 * <p>Call {@link NativeLibrary#load} before the first use of this class: that is where a missing library is reported.
 */
final class Abi {
    static final MethodHandle LAST_ERROR = bind("st_last_error");
    static final MethodHandle BUILD_INFO = bind("st_build_info");
    static final MethodHandle CONTEXT_CREATE = bind("st_context_create");
    static final MethodHandle CONTEXT_INFO = bind("st_context_info");
    static final MethodHandle CONTEXT_MEASURE = bind("st_context_measure");
    static final MethodHandle CONTEXT_GEMM_RATE = bind("st_context_gemm_rate");
    static final MethodHandle CONTEXT_MEMORY = bind("st_context_memory");
    static final MethodHandle CONTEXT_RESET_PEAK = bind("st_context_reset_peak");
    static final MethodHandle CONTEXT_RELEASE = bind("st_context_release");
    static final MethodHandle MODEL_CREATE = bind("st_model_create");
    static final MethodHandle MODEL_FORK = bind("st_model_fork");
    static final MethodHandle MODEL_GET_SHAPE = bind("st_model_get_shape");
    static final MethodHandle MODEL_TENSOR_COUNT = bind("st_model_tensor_count");
    static final MethodHandle MODEL_TENSOR_AT = bind("st_model_tensor_at");
    static final MethodHandle MODEL_READ_TENSOR = bind("st_model_read_tensor");
    static final MethodHandle MODEL_ENCODE_IMAGES = bind("st_model_encode_images");
    static final MethodHandle MODEL_ENCODE_TEXTS = bind("st_model_encode_texts");
    static final MethodHandle MODEL_LOGITS = bind("st_model_logits");
    static final MethodHandle MODEL_COMPARE_IMAGES = bind("st_model_compare_images");
    static final MethodHandle MODEL_COMPARE_TEXTS = bind("st_model_compare_texts");
    static final MethodHandle MODEL_RELEASE = bind("st_model_release");
    static final MethodHandle IMAGE_PREPARE = bind("st_image_prepare");
    static final MethodHandle IMAGE_RESIZE = bind("st_image_resize");
    static final MethodHandle IMAGE_WARP = bind("st_image_warp");
    static final MethodHandle CACHE_CREATE = bind("st_cache_create");
    static final MethodHandle CACHE_PUT_IMAGES = bind("st_cache_put_images");
    static final MethodHandle CACHE_PUT_TEXTS = bind("st_cache_put_texts");
    static final MethodHandle CACHE_PUT_TEACHER_TEXTS = bind("st_cache_put_teacher_texts");
    static final MethodHandle CACHE_READ_IMAGES = bind("st_cache_read_images");
    static final MethodHandle CACHE_WRITE_IMAGES = bind("st_cache_write_images");
    static final MethodHandle CACHE_RELEASE = bind("st_cache_release");
    static final MethodHandle TRAINER_CREATE = bind("st_trainer_create");
    static final MethodHandle TRAINER_STEP = bind("st_trainer_step");
    static final MethodHandle TRAINER_BEGIN_STEP = bind("st_trainer_begin_step");
    static final MethodHandle TRAINER_END_STEP = bind("st_trainer_end_step");
    static final MethodHandle TRAINER_CONTRASTIVE_STEP = bind("st_trainer_contrastive_step");
    static final MethodHandle TRAINER_PREPARE = bind("st_trainer_prepare");
    static final MethodHandle TRAINER_VALIDATE = bind("st_trainer_validate");
    static final MethodHandle TRAINER_LOGITS = bind("st_trainer_logits");
    static final MethodHandle TRAINER_ACCUMULATE = bind("st_trainer_accumulate");
    static final MethodHandle TRAINER_USE_ACCUMULATED = bind("st_trainer_use_accumulated");
    static final MethodHandle TRAINER_MERGE = bind("st_trainer_merge");
    static final MethodHandle TRAINER_STATE_COUNT = bind("st_trainer_state_count");
    static final MethodHandle TRAINER_STATE_AT = bind("st_trainer_state_at");
    static final MethodHandle TRAINER_READ_STATE = bind("st_trainer_read_state");
    static final MethodHandle TRAINER_RESTORE = bind("st_trainer_restore");
    static final MethodHandle TRAINER_INFO = bind("st_trainer_info");
    static final MethodHandle TRAINER_RELEASE = bind("st_trainer_release");

    private static final int TEXT_CAPACITY = 1 << 16;

    private Abi() {}

    /** Links all functions, which the first use of this class does else. */
    static void link() {}

    /** A call of a function that returns {@code st_status}. */
    interface Downcall {
        int run() throws Throwable;
    }

    /** A function that writes a text: (text, capacity, length). */
    interface TextDowncall {
        int run(MemorySegment text, long capacity, MemorySegment length) throws Throwable;
    }

    /**
     * @throws IllegalArgumentException for ST_INVALID_ARGUMENT
     * @throws IllegalStateException for ST_INVALID_STATE
     * @throws DeviceMemoryException for ST_OUT_OF_MEMORY
     * @throws CancellationException for ST_CANCELLED
     * @throws SkipTuningException for any other failure
     */
    static void call(Downcall downcall) {
        int status = run(downcall);
        if (status != Status.OK.code()) {
            throw Status.failure(status, lastError());
        }
    }

    static String text(TextDowncall function) {
        try (var arena = Arena.ofConfined()) {
            var length = arena.allocate(Layouts.LONG);
            var text = arena.allocate(TEXT_CAPACITY);
            call(() -> function.run(text, TEXT_CAPACITY, length));
            long needed = length.get(Layouts.LONG, 0) + 1;
            if (needed <= TEXT_CAPACITY) {
                return text.getString(0);
            }
            var whole = arena.allocate(needed);
            call(() -> function.run(whole, needed, length));
            return whole.getString(0);
        }
    }

    static int buildInfo(MemorySegment text, long capacity, MemorySegment length) throws Throwable {
        return (int) BUILD_INFO.invokeExact(text, capacity, length);
    }

    /** Text of the core's own memory. */
    static String string(MemorySegment pointer) {
        return pointer.reinterpret(Long.MAX_VALUE).getString(0, StandardCharsets.UTF_8);
    }

    private static int run(Downcall downcall) {
        try {
            return downcall.run();
        } catch (RuntimeException | Error failure) {
            throw failure;
        } catch (Throwable impossible) {
            throw new AssertionError(impossible);
        }
    }

    private static String lastError() {
        try {
            return string((MemorySegment) LAST_ERROR.invokeExact());
        } catch (Throwable impossible) {
            throw new AssertionError(impossible);
        }
    }

    private static MethodHandle bind(String name) {
        var descriptor = Objects.requireNonNull(Signatures.ALL.get(name), name);
        return Linker.nativeLinker().downcallHandle(NativeLibrary.symbols().findOrThrow(name), descriptor);
    }
}
