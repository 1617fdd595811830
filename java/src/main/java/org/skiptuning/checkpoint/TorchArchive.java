package org.skiptuning.checkpoint;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.skiptuning.CheckpointException;
import org.skiptuning.ffi.MappedFile;
import org.skiptuning.ffi.TensorView;

/**
 * A file of {@code torch.save} or {@code torch.jit.save} (PyTorch 1.6 and later), memory-mapped and read without
 * PyTorch: a ZIP archive with the structure in {@code ROOT/data.pkl} and the numbers in {@code ROOT/data/KEY}. The code
 * of a TorchScript program is not even looked at.
 */
final class TorchArchive implements WeightsFile {
    private static final String PICKLE = "/data.pkl";
    /** That of the largest CLIP has less than 1 MB. */
    private static final long MAX_PICKLE_BYTES = 64_000_000;

    private final MappedFile file;
    private final AlignedCopies copies;
    private final List<TensorView> tensors;
    private final Map<String, String> unsupported;
    private final boolean torchScript;

    private TorchArchive(
            MappedFile file,
            AlignedCopies copies,
            List<TensorView> tensors,
            Map<String, String> unsupported,
            boolean torchScript) {
        this.file = file;
        this.copies = copies;
        this.tensors = List.copyOf(tensors);
        this.unsupported = Map.copyOf(unsupported);
        this.torchScript = torchScript;
    }

    /** @throws CheckpointException if the archive is damaged, or names anything that weights don't need */
    static TorchArchive open(Path path) {
        var file = InputFiles.map(path);
        var copies = new AlignedCopies(file);
        try {
            return read(file, copies, path.toString());
        } catch (Throwable failure) {
            copies.close();
            file.close();
            throw failure;
        }
    }

    private static TorchArchive read(MappedFile file, AlignedCopies copies, String source) {
        var bytes = ByteSource.of(file);
        var archive = ZipArchive.read(bytes, source);
        var structure = structure(archive, source);
        var root = structure.name().substring(0, structure.name().length() - PICKLE.length());
        requireLittleEndian(bytes, archive, root, source);
        var value = PickleMachine.read(pickle(bytes, structure, source), new TorchPickleHost(source), source);

        List<TensorView> tensors = new ArrayList<>();
        Map<String, String> unsupported = new LinkedHashMap<>();
        StateTree.tensors(value, source).forEach((name, tensor) -> {
            var storage = tensor.storage();
            var entry = entry(archive, root, storage, source);
            if (storage.type().isEmpty()) {
                unsupported.put(name, storage.typeName());
                return;
            }
            var numbers = entry.offset() % storage.elementBytes() == 0
                    ? file.slice(entry.offset(), entry.size())
                    : copies.of(entry.offset(), entry.size());
            long start = tensor.offset() * storage.elementBytes();
            var buffer = numbers.slice(start, entry.size() - start);
            tensors.add(new TensorView(name, storage.type().get(), tensor.shape(), tensor.strides(), buffer));
        });
        return new TorchArchive(file, copies, tensors, unsupported, value instanceof PickleValue.ScriptObject);
    }

    /** The pickle in the folder around everything, whatever the folder's name. */
    private static ZipArchive.Entry structure(ZipArchive archive, String source) {
        var pickles = archive.entries().values().stream()
                .filter(entry -> entry.name().endsWith(PICKLE))
                .filter(entry -> entry.name().indexOf('/') == entry.name().length() - PICKLE.length())
                .toList();
        if (pickles.size() != 1) {
            throw new CheckpointException(source + " is a ZIP archive but not one of PyTorch: it holds "
                    + pickles.size() + " files data.pkl");
        }
        return pickles.getFirst();
    }

    private static byte[] pickle(ByteSource file, ZipArchive.Entry entry, String source) {
        if (entry.size() > MAX_PICKLE_BYTES) {
            throw new CheckpointException(source + " has a pickle of " + entry.size() + " bytes, too many for a CLIP");
        }
        return content(file, entry);
    }

    private static void requireLittleEndian(ByteSource file, ZipArchive archive, String root, String source) {
        var order = Optional.ofNullable(archive.entries().get(root + "/byteorder"));
        if (order.isPresent() && order.get().size() < 16 && !new String(content(file, order.get())).equals("little")) {
            throw new CheckpointException(source + " was saved on a big-endian machine: save it as safetensors there");
        }
    }

    private static byte[] content(ByteSource file, ZipArchive.Entry entry) {
        var content = new byte[(int) entry.size()];
        file.read(entry.offset(), content);
        return content;
    }

    /** The storage's numbers; the pickle and the archive must agree on how many there are. */
    private static ZipArchive.Entry entry(ZipArchive archive, String root, PickleValue.Storage storage, String source) {
        var name = root + "/data/" + storage.key();
        var entry = archive.entries().get(name);
        if (entry == null) {
            throw new CheckpointException(source + " lacks its part " + name + ": it is damaged; fetch it again");
        }
        if (entry.size() % storage.elementBytes() != 0 || entry.size() / storage.elementBytes() != storage.elements()) {
            throw new CheckpointException(source + " speaks of " + storage.elements() + " elements of "
                    + storage.elementBytes() + " bytes in " + name + ", which has " + entry.size() + " bytes");
        }
        return entry;
    }

    @Override
    public List<TensorView> tensors() {
        return tensors;
    }

    @Override
    public Map<String, String> unsupported() {
        return unsupported;
    }

    @Override
    public Map<String, String> metadata() {
        return Map.of();
    }

    @Override
    public List<MappedFile> files() {
        return List.of(file);
    }

    @Override
    public boolean isTorchScript() {
        return torchScript;
    }

    @Override
    public void close() {
        copies.close();
        file.close();
    }
}
