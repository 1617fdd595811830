package org.skiptuning.ffi;

import static org.skiptuning.ffi.Layouts.ADDRESS;
import static org.skiptuning.ffi.Layouts.DOUBLE;
import static org.skiptuning.ffi.Layouts.INT;
import static org.skiptuning.ffi.Layouts.LONG;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemoryLayout;
import java.util.Map;
import java.util.TreeMap;

/** The functions of {@code skiptuning.h} and their types. */
final class Signatures {
    static final Map<String, FunctionDescriptor> ALL = all();

    /** {@code st_progress} */
    static final FunctionDescriptor PROGRESS = FunctionDescriptor.of(INT, ADDRESS, LONG, LONG);

    private Signatures() {}

    private static Map<String, FunctionDescriptor> all() {
        var all = new TreeMap<String, FunctionDescriptor>();
        all.put("st_abi_version", FunctionDescriptor.of(INT));
        all.put("st_last_error", FunctionDescriptor.of(ADDRESS));
        all.put("st_build_info", status(ADDRESS, LONG, ADDRESS));

        all.put("st_context_create", status(ADDRESS, ADDRESS));
        all.put("st_context_info", status(ADDRESS, ADDRESS, LONG, ADDRESS));
        all.put("st_context_measure", status(ADDRESS, ADDRESS, LONG, ADDRESS));
        all.put("st_context_gemm_rate", status(ADDRESS, INT, INT, LONG, LONG, LONG, ADDRESS));
        all.put("st_context_memory", status(ADDRESS, ADDRESS));
        all.put("st_context_reset_peak", status(ADDRESS));
        all.put("st_context_release", FunctionDescriptor.ofVoid(ADDRESS));

        all.put("st_model_create", status(ADDRESS, ADDRESS, ADDRESS, LONG, ADDRESS));
        all.put("st_model_fork", status(ADDRESS, ADDRESS));
        all.put("st_model_get_shape", status(ADDRESS, ADDRESS));
        all.put("st_model_tensor_count", status(ADDRESS, ADDRESS));
        all.put("st_model_tensor_at", status(ADDRESS, LONG, ADDRESS));
        all.put("st_model_read_tensor", status(ADDRESS, ADDRESS, INT, ADDRESS, LONG));
        all.put("st_model_encode_images", status(ADDRESS, INT, ADDRESS, LONG, ADDRESS));
        all.put("st_model_encode_texts", status(ADDRESS, INT, ADDRESS, LONG, LONG, ADDRESS));
        all.put("st_model_logits", status(ADDRESS, ADDRESS, LONG, ADDRESS, LONG, ADDRESS));
        all.put("st_model_compare_images", status(ADDRESS, ADDRESS, INT, ADDRESS, LONG, ADDRESS, ADDRESS));
        all.put("st_model_compare_texts", status(ADDRESS, ADDRESS, INT, ADDRESS, LONG, LONG, ADDRESS, ADDRESS));
        all.put("st_model_release", FunctionDescriptor.ofVoid(ADDRESS));

        all.put("st_image_prepare", status(ADDRESS, LONG, INT, ADDRESS, ADDRESS, INT, ADDRESS));
        all.put("st_image_resize", status(ADDRESS, INT, ADDRESS));
        all.put("st_image_warp", status(ADDRESS, LONG, INT, ADDRESS, ADDRESS, INT, ADDRESS));

        all.put("st_cache_create", status(ADDRESS, ADDRESS, ADDRESS));
        all.put("st_cache_put_images", status(ADDRESS, LONG, ADDRESS, LONG));
        all.put("st_cache_put_texts", status(ADDRESS, ADDRESS, LONG, LONG, ADDRESS, ADDRESS));
        all.put("st_cache_put_teacher_texts", status(ADDRESS, ADDRESS, LONG, LONG, INT, ADDRESS, ADDRESS));
        all.put("st_cache_read_images", status(ADDRESS, LONG, LONG, ADDRESS, LONG));
        all.put("st_cache_write_images", status(ADDRESS, LONG, LONG, ADDRESS, LONG));
        all.put("st_cache_release", FunctionDescriptor.ofVoid(ADDRESS));

        all.put("st_trainer_create", status(ADDRESS, ADDRESS, ADDRESS, ADDRESS));
        all.put("st_trainer_step", status(ADDRESS, ADDRESS));
        all.put("st_trainer_begin_step", status(ADDRESS, ADDRESS));
        all.put("st_trainer_end_step", status(ADDRESS, ADDRESS));
        all.put("st_trainer_contrastive_step", status(ADDRESS, ADDRESS));
        all.put("st_trainer_prepare", status(ADDRESS, ADDRESS, ADDRESS, LONG));
        all.put("st_trainer_validate", status(ADDRESS, ADDRESS, ADDRESS, LONG));
        all.put("st_trainer_logits", status(ADDRESS, ADDRESS, LONG, ADDRESS));
        all.put("st_trainer_accumulate", status(ADDRESS, DOUBLE));
        all.put("st_trainer_use_accumulated", status(ADDRESS));
        all.put("st_trainer_merge", status(ADDRESS));
        all.put("st_trainer_state_count", status(ADDRESS, ADDRESS));
        all.put("st_trainer_state_at", status(ADDRESS, LONG, ADDRESS));
        all.put("st_trainer_read_state", status(ADDRESS, LONG, ADDRESS, LONG));
        all.put("st_trainer_restore", status(ADDRESS, ADDRESS, LONG));
        all.put("st_trainer_info", status(ADDRESS, ADDRESS, LONG, ADDRESS));
        all.put("st_trainer_release", FunctionDescriptor.ofVoid(ADDRESS));
        return Map.copyOf(all);
    }

    private static FunctionDescriptor status(MemoryLayout... parameters) {
        return FunctionDescriptor.of(INT, parameters);
    }
}
