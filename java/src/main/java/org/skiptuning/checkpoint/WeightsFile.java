package org.skiptuning.checkpoint;

import java.util.List;
import java.util.Map;
import org.skiptuning.ffi.TensorView;

/** Named tensors in a memory-mapped file of some format. */
interface WeightsFile extends AutoCloseable {
    /** Views that end when the file is closed, under the names they have in the file. */
    List<TensorView> tensors();

    /** Tensors whose type the core doesn't take: name → type. */
    Map<String, String> unsupported();

    /** Texts that the file carries about itself. */
    Map<String, String> metadata();

    /** Whether the file is a TorchScript program, as OpenAI published its models; nothing else in use is one. */
    boolean isTorchScript();

    @Override
    void close();
}
