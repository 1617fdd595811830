package org.skiptuning.ffi;

import java.lang.foreign.Arena;
import org.skiptuning.SmallestClip;

/** A step with nothing of Java around it: its arguments are written once, and its results stay where the core puts them. */
final class BareStep implements AutoCloseable {
    private final Arena arena = Arena.ofShared();
    private final NativeTrainer trainer;
    private final Struct struct;

    BareStep(SmallestClip clip, long[] rows, long[] labels) {
        trainer = clip.trainer();
        struct = NativeTrainer.inputs(arena, 0, rows, labels, 0, 0)
                .set("kept_classes", arena.allocate(Layouts.LONG, SmallestClip.CLASSES))
                .set("kept_capacity", (long) SmallestClip.CLASSES);
    }

    /** @return the core's status */
    int run() throws Throwable {
        return (int) Abi.TRAINER_STEP.invokeExact(trainer.handle().pointer(), struct.segment());
    }

    double loss() {
        return struct.getDouble("loss");
    }

    @Override
    public void close() {
        arena.close();
    }
}
