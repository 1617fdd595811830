package org.skiptuning.checkpoint;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.skiptuning.CheckpointException;
import org.skiptuning.ffi.TensorView;
import org.skiptuning.files.AtomicFile;

/** Writes safetensors files, whole or not at all, laid out as the reference writer does. */
public final class SafetensorsWriter {
    private static final int CHUNK = 1 << 20;
    /** What follows the header starts at a multiple of this, so that every element is aligned. */
    private static final int ALIGNMENT = 8;

    private SafetensorsWriter() {}

    /**
     * Writes tensors of any strides; the file holds them contiguously. Equal tensors and metadata give equal bytes.
     *
     * @throws CheckpointException if the disk is full or the file cannot be written
     */
    public static void write(Path file, List<TensorView> tensors, Map<String, String> metadata) {
        var names = new HashSet<String>();
        for (var tensor : tensors) {
            if (!names.add(tensor.name())) {
                throw new IllegalArgumentException("Two tensors are called " + tensor.name());
            }
        }
        var ordered = tensors.stream()
                .sorted(Comparator.comparing(
                                (TensorView tensor) -> -tensor.type().bytes())
                        .thenComparing(TensorView::name))
                .toList();
        var header = header(ordered, metadata);
        AtomicFile.write(file, channel -> {
            var length = ByteBuffer.allocate(Long.BYTES)
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .putLong(header.length)
                    .flip();
            AtomicFile.writeFully(channel, length);
            AtomicFile.writeFully(channel, ByteBuffer.wrap(header));
            var chunk = new byte[CHUNK];
            for (var tensor : ordered) {
                if (tensor.isContiguous()) {
                    writeContiguous(channel, tensor);
                } else {
                    writeStrided(channel, tensor, chunk);
                }
            }
        });
    }

    private static byte[] header(List<TensorView> tensors, Map<String, String> metadata) {
        var root = Json.MAPPER.createObjectNode();
        if (!metadata.isEmpty()) {
            var object = root.putObject("__metadata__");
            new TreeMap<>(metadata).forEach(object::put);
        }
        long offset = 0;
        for (var tensor : tensors) {
            long end = offset + tensor.elements() * tensor.type().bytes();
            var entry = root.putObject(tensor.name());
            entry.put("dtype", ScalarType.of(tensor.type()).name());
            var shape = entry.putArray("shape");
            for (long size : tensor.shape()) {
                shape.add(size);
            }
            entry.putArray("data_offsets").add(offset).add(end);
            offset = end;
        }
        byte[] json = root.toString().getBytes(StandardCharsets.UTF_8);
        var padded = Arrays.copyOf(json, (json.length + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT);
        Arrays.fill(padded, json.length, padded.length, (byte) ' ');
        return padded;
    }

    private static void writeContiguous(FileChannel channel, TensorView tensor) throws IOException {
        tensor.buffer().slice(0, tensor.elements() * tensor.type().bytes()).writeTo(channel);
    }

    /** Element by element, the last index running fastest. */
    private static void writeStrided(FileChannel channel, TensorView tensor, byte[] chunk) throws IOException {
        int bytes = tensor.type().bytes();
        int chunkElements = chunk.length / bytes;
        long last = tensor.elements() - 1;
        Elements.<IOException>forEach(tensor, (place, offset) -> {
            int slot = (int) (place % chunkElements);
            tensor.buffer().copyTo(offset * bytes, chunk, slot * bytes, bytes);
            if (slot == chunkElements - 1 || place == last) {
                AtomicFile.writeFully(channel, ByteBuffer.wrap(chunk, 0, (slot + 1) * bytes));
            }
        });
    }
}
