package org.skiptuning.checkpoint;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.skiptuning.ffi.MappedFile;
import org.skiptuning.ffi.TensorView;

/** Named tensors in one or more memory-mapped files of some format. */
interface WeightsFile extends AutoCloseable {
    /** Views that end when the file is closed, under the names they have in the file. */
    List<TensorView> tensors();

    /** Tensors whose type the core doesn't take: name → type. */
    Map<String, String> unsupported();

    /** The names of all tensors, whatever their type. */
    default Set<String> names() {
        return Stream.concat(tensors().stream().map(TensorView::name), unsupported().keySet().stream())
                .collect(Collectors.toUnmodifiableSet());
    }

    /** The file, or the files in order; they end with this. */
    List<MappedFile> files();

    /** Texts that the file carries about itself. */
    Map<String, String> metadata();

    /** Whether the file is a TorchScript program, as OpenAI published its models; nothing else in use is one. */
    boolean isTorchScript();

    @Override
    void close();
}
