package org.skiptuning.ffi;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.skiptuning.SmallestClip;

/**
 * Steps with all that {@link NativeTrainer} does for them but the computation: in place of it stands a call that is as
 * cheap as one of a handle can be.
 */
public final class IdleTrainer {
    private static final long KEPT = 7;

    private final SmallestClip clip;
    private final MemorySegment model;

    public IdleTrainer(SmallestClip clip) {
        this.clip = clip;
        this.model = clip.model().handle().pointer();
    }

    public void begin(long step, long[] imageRows, long[] labels, double textRate, double imageRate) {
        try (var arena = Arena.ofConfined()) {
            var segment = NativeTrainer.inputs(arena, step, imageRows, labels, textRate, imageRate)
                    .segment();
            clip.trainer().handle().call(trainer -> call(segment));
        }
    }

    public StepResult end() {
        try (var arena = Arena.ofConfined()) {
            var struct = Struct.allocate(Layouts.STEP, arena).set("kept_count", KEPT);
            return clip.trainer().result(arena, struct, (trainer, segment) -> call(segment));
        }
    }

    /** Writes to the struct's first eight bytes, which nobody reads after it. */
    private int call(MemorySegment step) throws Throwable {
        return (int) Abi.MODEL_TENSOR_COUNT.invokeExact(model, step);
    }
}
