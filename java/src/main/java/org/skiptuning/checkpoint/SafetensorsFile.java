package org.skiptuning.checkpoint;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.skiptuning.CheckpointException;
import org.skiptuning.ffi.MappedFile;
import org.skiptuning.ffi.TensorView;

/**
 * A safetensors file, memory-mapped. Its tensors are views of the mapping and end when the file is closed.
 *
 * <p>Format: 8 bytes of header length (little endian), a JSON header, then the data.
 */
public final class SafetensorsFile implements WeightsFile {
    private static final int LENGTH_BYTES = Long.BYTES;

    private final MappedFile file;
    private final AlignedCopies copies;
    private final List<TensorView> tensors;
    private final Map<String, String> unsupported;
    private final Map<String, String> metadata;

    private SafetensorsFile(
            MappedFile file,
            AlignedCopies copies,
            List<TensorView> tensors,
            Map<String, String> unsupported,
            Map<String, String> metadata) {
        this.file = file;
        this.copies = copies;
        this.tensors = List.copyOf(tensors);
        this.unsupported = Map.copyOf(unsupported);
        this.metadata = metadata;
    }

    /** @throws CheckpointException if the file is missing, truncated, or breaks a rule of the format */
    public static SafetensorsFile open(Path path) {
        return open(path, "fetch or save it again");
    }

    /**
     * The same.
     *
     * @param remedy what to tell a user to do about a damaged file
     */
    public static SafetensorsFile open(Path path, String remedy) {
        var file = InputFiles.map(path);
        var copies = new AlignedCopies(file);
        try {
            return read(file, copies, path.toString());
        } catch (CheckpointException damaged) {
            copies.close();
            file.close();
            throw new CheckpointException(damaged.getMessage() + "; " + remedy, damaged);
        } catch (Throwable failure) {
            copies.close();
            file.close();
            throw failure;
        }
    }

    private static SafetensorsFile read(MappedFile file, AlignedCopies copies, String source) {
        long dataStart = LENGTH_BYTES + headerLength(file, source);
        var json = new byte[(int) (dataStart - LENGTH_BYTES)];
        file.copyTo(LENGTH_BYTES, json, 0, json.length);
        var header = SafetensorsHeader.parse(json, file.size() - dataStart, source);

        List<TensorView> tensors = new ArrayList<>();
        Map<String, String> unsupported = new LinkedHashMap<>();
        for (var entry : header.tensors()) {
            var type = entry.type().elementType();
            if (entry.shape().length > TensorView.MAX_RANK) {
                throw new CheckpointException(source + ": tensor " + entry.name() + " has " + entry.shape().length
                        + " axes, more than any tensor of a CLIP");
            }
            if (type.isEmpty()) {
                unsupported.put(entry.name(), entry.type().name());
                continue;
            }
            long begin = dataStart + entry.begin();
            long length = entry.end() - entry.begin();
            var buffer = begin % type.get().bytes() == 0 ? file.slice(begin, length) : copies.of(begin, length);
            tensors.add(TensorView.contiguous(entry.name(), type.get(), entry.shape(), buffer));
        }
        return new SafetensorsFile(file, copies, tensors, unsupported, header.metadata());
    }

    private static long headerLength(MappedFile file, String source) {
        if (file.size() < LENGTH_BYTES) {
            throw new CheckpointException(source + " has only " + file.size() + " bytes: it is truncated");
        }
        long length = file.longAt(0);
        if (length < 0 || length > SafetensorsHeader.MAX_BYTES) {
            throw new CheckpointException(
                    source + " isn't a safetensors file: its first 8 bytes aren't a header's length");
        }
        if (length > file.size() - LENGTH_BYTES) {
            throw new CheckpointException(source + " ends within its header of " + length
                    + " bytes: it is truncated or isn't a safetensors file");
        }
        return length;
    }

    @Override
    public List<MappedFile> files() {
        return List.of(file);
    }

    @Override
    public boolean isTorchScript() {
        return false;
    }

    /** The tensors, contiguous, in order of their place in the file; without those of {@link #unsupported()}. */
    @Override
    public List<TensorView> tensors() {
        return tensors;
    }

    /** Tensors of types that the core doesn't take: name → type as the format calls it. */
    @Override
    public Map<String, String> unsupported() {
        return unsupported;
    }

    /** The header's {@code __metadata__}; empty if there is none. */
    @Override
    public Map<String, String> metadata() {
        return metadata;
    }

    @Override
    public void close() {
        copies.close();
        file.close();
    }
}
